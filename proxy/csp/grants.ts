import type { Policy } from "./policy.ts";
import { allowsSelf, has, type SourceList, withoutNone } from "./source-list.ts";

/** The sources that decide about script elements, or undefined if the policy lets all run. */
export function scriptSources(policy: Policy): SourceList | undefined {
  return policy.effective("script-src-elem", "script-src", "default-src")?.values;
}

/** Adds a source (or several, parted by spaces) for script elements; rather a new directive than a wider default-src, which rules everything else too. */
export function grantScript(policy: Policy, source: string): void {
  grant(policy, source, {
    chain: ["script-src-elem", "script-src", "default-src"],
    widen: ["script-src-elem", "script-src"],
  });
}

/**
 * Lets the page start our workers. 'strict-dynamic' already does: what a trusted script starts is trusted.
 */
export function grantWorker(policy: Policy, source: string): void {
  const chain = ["worker-src", "child-src", "script-src", "default-src"];
  const values = policy.effective(...chain)?.values;
  if (values === undefined || allowsSelf(values) || has(values, "'strict-dynamic'")) return;
  // child-src rules frames and default-src everything: both are copied, not widened.
  grant(policy, source, { chain, widen: ["worker-src", "script-src"] });
}

/** Lets the page's scripts create this Trusted Types policy. */
export function grantTrustedTypes(policy: Policy, name: string): void {
  const values = policy.values("trusted-types");
  if (values === undefined || values.includes("*") || values.includes(name)) return;
  policy.append("trusted-types", name);
}

export function demandsTrustedTypes(policy: Policy): boolean {
  return has(policy.values("require-trusted-types-for") ?? [], "'script'");
}

interface Way {
  /** Directives from the most to the least special. */
  readonly chain: readonly string[];
  /** Those that may simply get one more source; others are copied into the first of the chain. */
  readonly widen: readonly string[];
}

function grant(policy: Policy, source: string, { chain, widen }: Way): void {
  const directive = policy.effective(...chain);
  if (directive === undefined) return;
  const missing = source.split(" ").filter((one) => !directive.values.includes(one));
  if (missing.length === 0) return;
  if (widen.includes(directive.name)) policy.append(directive.name, missing.join(" "));
  else policy.add(chain[0] ?? "", [...withoutNone(directive.values), ...missing]);
}
