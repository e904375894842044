import type { HeaderList } from "../header-list.ts";

const HOP_BY_HOP = [
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
// Dropping one of these because `Connection` names it would change where a body ends, or which site is meant.
const NEVER_BY_NAME = new Set(["content-length", "host", "transfer-encoding"]);
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** The members of a comma list, lower case, empty ones left out. */
export function listTokens(value: string | undefined): string[] {
  return (value ?? "")
    .split(",")
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== "");
}

/** Removes what concerns one connection only (RFC 9110 7.6.1), and what `Connection` names; Content-Length and Host always stay. */
export function dropHopByHop(headers: HeaderList): void {
  const named = listTokens(headers.get("connection")).filter((name) => !NEVER_BY_NAME.has(name));
  headers.delete(...HOP_BY_HOP, ...named);
}

/** The values of this header in Node's `rawHeaders`, line by line; `name` in lower case. */
export function rawValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const other = rawHeaders[i];
    if (other?.length === name.length && other.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? "");
  }
  return values;
}

/** The name as CGI, WSGI and PHP see it: they make no difference between `-` and `_`. */
export function cgiName(name: string): string {
  const key = name.toLowerCase();
  return key.includes("_") ? key.replaceAll("_", "-") : key;
}

/** False for a reason phrase or value with CR, LF, NUL or another byte that HTTP/1.1 forbids. */
export function isSendableValue(value: string): boolean {
  return !BAD_VALUE.test(value);
}

/** False if one name is no token or one value cannot be sent. */
export function areSendable(headers: HeaderList): boolean {
  return headers.entries().every(([name, value]) => TOKEN.test(name) && isSendableValue(value));
}

/**
 * For Node's `writeHead` and `request`. Content-Disposition moves to the front: Node re-encodes it when Content-Length
 * stands before it, and names in raw UTF-8 would arrive broken.
 */
export function wireHeaders(headers: HeaderList): string[] {
  const first: string[] = [];
  const rest: string[] = [];
  for (const [name, value] of headers.entries()) {
    const isDisposition = name.length === 19 && name.toLowerCase() === "content-disposition";
    (isDisposition ? first : rest).push(name, value);
  }
  return first.length === 0 ? rest : [...first, ...rest];
}

/** A head as bytes, for sockets that no ServerResponse owns. Values must be sendable. */
export function rawHead(startLine: string, headers: HeaderList): Buffer {
  const lines = headers.entries().map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${startLine}\r\n${lines.join("")}\r\n`, "latin1");
}
