/** Values of a directive that lists sources (script-src and its like), asked the way browsers ask. Keywords compare without case. */
export type SourceList = readonly string[];

export function has(list: SourceList, keyword: string): boolean {
  return list.some((source) => source.toLowerCase() === keyword);
}

/** Whether every same-origin URL is allowed by URL. */
export function allowsSelf(list: SourceList): boolean {
  return has(list, "'self'") || has(list, "*");
}

/** The nonces in the list, as they stand. */
export function noncesIn(list: SourceList): string[] {
  return list.flatMap((source) => /^'nonce-([A-Za-z0-9+/_-]+={0,2})'$/i.exec(source)?.[1] ?? []);
}

/** Whether the list lets any inline script run: a nonce, a hash or 'strict-dynamic' beside 'unsafe-inline' takes that back. */
export function allowsInline(list: SourceList): boolean {
  if (!has(list, "'unsafe-inline'") || has(list, "'strict-dynamic'")) return false;
  return !list.some((source) => /^'(nonce|sha256|sha384|sha512)-/i.test(source));
}

/** The list without 'none', which means something only when it stands alone. */
export function withoutNone(list: SourceList): SourceList {
  return list.filter((source) => source.toLowerCase() !== "'none'");
}
