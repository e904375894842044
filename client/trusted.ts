interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let policy: { createScriptURL(url: string): string } | undefined;

/** A script URL of ours in the form the page's Trusted Types demand; plain where there are none. */
export function scriptUrl(path: string): string {
  const factory = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (!factory) return path;
  policy ??= factory.createPolicy("tuber", { createScriptURL: (url) => url });
  return policy.createScriptURL(path);
}
