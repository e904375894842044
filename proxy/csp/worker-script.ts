import type { HeaderList } from "../header-list.ts";
import { LOADER_POLICY } from "../inject/tag.ts";
import { demandsTrustedTypes, grantScript, grantTrustedTypes, scriptSources } from "./grants.ts";
import { HeaderPolicies } from "./header-policies.ts";
import type { Policy } from "./policy.ts";
import { allowsSelf, has } from "./source-list.ts";

/** Under which terms the app's worker may load our core. */
export interface WorkerAdmission {
  /** importScripts takes only trusted URLs there. */
  readonly trustedTypes: boolean;
}

/**
 * Changes the policies of a service worker's script as little as possible so that it may load our core. undefined: leave that worker
 * alone, since its policies keep it from fetching from its own site, and so would keep our core from answering.
 */
export function admitWorker(headers: HeaderList, source: string | undefined): WorkerAdmission | undefined {
  const policies = new HeaderPolicies(headers);
  if (!policies.all.every(allowsFetching)) return undefined;
  const trustedTypes = policies.all.some(demandsTrustedTypes);
  for (const policy of policies.all) {
    const list = scriptSources(policy);
    if (list !== undefined && !allowsSelf(list) && !has(list, "'strict-dynamic'")) {
      if (source === undefined) return undefined;
      grantScript(policy, source);
    }
    if (trustedTypes) grantTrustedTypes(policy, LOADER_POLICY);
  }
  policies.write();
  return { trustedTypes };
}

function allowsFetching(policy: Policy): boolean {
  const list = policy.effective("connect-src", "default-src")?.values;
  return list === undefined || allowsSelf(list) || (has(list, "https:") && has(list, "http:"));
}
