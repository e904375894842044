import { HeaderList } from "../header-list.ts";
import { type Sender, writeForwarded } from "./forwarded-headers.ts";
import { cgiName, dropHopByHop, rawValues } from "./header-rules.ts";

/** Counts how often a request has come through Tuber. Not `Via`: nginx stops compressing for requests that carry one. */
export const HOPS_HEADER = "Tuber-Hops";
/** An upstream that leads back to the proxy is refused after this many rounds; nobody chains so many on purpose. */
export const MAX_HOPS = 4;

/** The headers for the app: as they came, less what concerns one connection, with the sender written down. Body framing is not in it. */
export function requestHeaders(rawHeaders: readonly string[], sender: Sender, appHost: string): HeaderList {
  const headers = HeaderList.fromRaw(rawHeaders);
  const hops = hopsOf(rawHeaders);
  dropHopByHop(headers);
  dropFraming(headers);
  writeForwarded(headers, sender);
  if (!headers.has("host")) headers.append("Host", appHost);
  headers.set(HOPS_HEADER, String(hops + 1));
  return headers;
}

function dropFraming(headers: HeaderList): void {
  const names = headers.entries().map(([name]) => name);
  headers.delete(...names.filter((name) => ["content-length", "transfer-encoding", "expect"].includes(cgiName(name))));
}

/** How often the request has passed a Tuber already; a value that is no small number counts as too often. */
export function hopsOf(rawHeaders: readonly string[]): number {
  const text = rawValues(rawHeaders, HOPS_HEADER.toLowerCase()).join() || "0";
  return /^\d$/.test(text) ? Number(text) : MAX_HOPS;
}
