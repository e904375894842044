/** Whether this is a URL that a server answers, and this page's own: blobs have its origin, too. */
export function isOfThisSite(url: string): boolean {
  return url.startsWith(`${location.origin}/`);
}
