import type { IncomingMessage } from "node:http";

/**
 * Whether a request comes from a page of this site: its Origin names the host the request was sent to, or the public URL's.
 * The scheme is not compared: a tunnel may end TLS before us. Without an Origin the answer is `absent`.
 */
export function isOwnOrigin(req: IncomingMessage, publicOrigin: string | undefined, absent: boolean): boolean {
  const { origin, host } = req.headers;
  if (origin === undefined) return absent;
  if (origin === publicOrigin) return true;
  const url = parse(origin);
  return url !== undefined && host !== undefined && parse(`${url.protocol}//${host}`)?.host === url.host;
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
