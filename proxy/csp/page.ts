import type { HeaderList } from "../header-list.ts";
import type { Markup } from "../inject/document.ts";
import { inlineLoader, LOADER_POLICY, scriptTag } from "../inject/tag.ts";
import { demandsTrustedTypes, grantScript, grantTrustedTypes, grantWorker, scriptSources } from "./grants.ts";
import { HeaderPolicies } from "./header-policies.ts";
import type { Policy } from "./policy.ts";
import { allowsInline, allowsSelf, has, noncesIn } from "./source-list.ts";

/** The Trusted Types policy that our page script creates. */
export const PAGE_POLICY = "tuber";

export interface PageOptions {
  readonly scriptPath: string;
  readonly markup: Markup;
  /** The source that allows our own files (see ownSource); without one, policies that need it stay as they are. */
  readonly source: string | undefined;
}

/** What a page gets: the tag, and whether its policies had to be widened. */
export interface Admission {
  readonly tag: string;
  readonly widened: boolean;
}

/**
 * Changes a page's policies as little as possible so that our script runs, may start its workers and may create its Trusted Types policy,
 * and says which tag that takes. undefined: a sandboxed page, in which nothing of ours could work.
 */
export function admitPage(headers: HeaderList, options: PageOptions): Admission | undefined {
  const policies = new HeaderPolicies(headers);
  if (policies.all.some(isSandboxed)) return undefined;
  const tag = admitScript(policies, options);
  for (const policy of policies.all) {
    if (options.source !== undefined) grantWorker(policy, options.source);
    grantTrustedTypes(policy, PAGE_POLICY);
  }
  return { tag, widened: policies.write() };
}

function isSandboxed(policy: Policy): boolean {
  const flags = policy.values("sandbox");
  return flags !== undefined && !(has(flags, "allow-scripts") && has(flags, "allow-same-origin"));
}

function admitScript(policies: HeaderPolicies, options: PageOptions): string {
  const dynamic = policies.all.filter(isDynamic);
  const nonce = chooseNonce(policies, dynamic);
  // URLs mean nothing under 'strict-dynamic', and one tag carries one nonce: only a hash is left.
  if (dynamic.length > 0 && nonce === undefined) return admitLoader(policies, options);
  for (const policy of policies.all) admitUrl(policy, options.source, nonce);
  return scriptTag({ scriptPath: options.scriptPath, markup: options.markup, nonce });
}

function isDynamic(policy: Policy): boolean {
  return has(scriptSources(policy) ?? [], "'strict-dynamic'");
}

/** The nonce to copy onto the tag: one that every 'strict-dynamic' policy has, else one of a policy that does not allow 'self'. */
function chooseNonce(policies: HeaderPolicies, dynamic: readonly Policy[]): string | undefined {
  const [first, ...others] = dynamic.map((policy) => noncesIn(scriptSources(policy) ?? []));
  if (first !== undefined) return first.find((nonce) => others.every((nonces) => nonces.includes(nonce)));
  // A policy that only reports is helped too, so that our tag causes no reports.
  const needy = [...policies.all, ...policies.reported].map((policy) => scriptSources(policy) ?? []);
  return needy.filter((list) => !allowsSelf(list)).flatMap(noncesIn)[0];
}

function admitUrl(policy: Policy, source: string | undefined, nonce?: string): void {
  const list = scriptSources(policy);
  if (list === undefined || source === undefined) return;
  const isAllowed = allowsSelf(list) || (nonce !== undefined && noncesIn(list).includes(nonce));
  if (!isAllowed && !has(list, "'strict-dynamic'")) grantScript(policy, source);
}

/** An inline loader, allowed by its hash where inline scripts are not, and the script it adds, allowed by URL where trust is not inherited. */
function admitLoader(policies: HeaderPolicies, { scriptPath, markup, source }: PageOptions): string {
  const trustedTypes = policies.all.some(demandsTrustedTypes);
  const loader = inlineLoader(scriptPath, markup, trustedTypes);
  for (const policy of policies.all) {
    if (!allowsInline(scriptSources(policy) ?? ["'unsafe-inline'"])) grantScript(policy, loader.source);
    admitUrl(policy, source);
    if (trustedTypes) grantTrustedTypes(policy, LOADER_POLICY);
  }
  return loader.tag;
}
