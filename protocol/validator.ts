/** One header's value by its lower-case name; of `Headers` and of whatever else is asked like it. */
interface NamedValues {
  get(name: string): string | null | undefined;
}

/**
 * What If-Range may carry to go on with exactly the body that came with these headers: a strong ETag, else a Last-Modified that is
 * a second older than the answer (RFC 9110, 8.8.2.2); undefined = a broken body of this answer cannot be continued. A weak ETag is
 * no reason against the date, since many servers give one to every file; whoever goes on compares it as well.
 */
export function validatorOf(headers: NamedValues): string | undefined {
  const etag = headers.get("etag");
  if (etag?.startsWith('"')) return etag;
  const modified = headers.get("last-modified") ?? "";
  return Date.parse(headers.get("date") ?? "") - Date.parse(modified) >= 1_000 ? modified : undefined;
}
