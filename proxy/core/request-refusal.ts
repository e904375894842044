import { bodyFraming, hasBody } from "./body-framing.ts";
import { listTokens, rawValues } from "./header-rules.ts";

/** The parts of a request that decide whether it is forwarded at all. */
export interface RequestHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion: string;
  readonly rawHeaders: readonly string[];
}

/** Why a request is not forwarded, and the status the client gets. */
export interface Refusal {
  readonly status: 400 | 405 | 417 | 431 | 501 | 505;
  readonly reason: string;
}

// Header lines in a request: Node's own default, beyond which it would drop them silently; tens of thousands cost half a second.
const MAX_HEADER_LINES = 2_000;
// RFC 3986 host, optional port; empty is allowed for targets without an authority.
const HOST = /^(?:[A-Za-z0-9\-._~!$&'()*+;=%]*|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;
const TARGET = /^\/[\x21-\xff]*$/;

/** What two servers could read in two ways is refused here, beyond what Node's strict parser refuses already. */
export function requestRefusal(head: RequestHead): Refusal | undefined {
  if (head.rawHeaders.length > 2 * MAX_HEADER_LINES) return { status: 431, reason: "too many header lines" };
  return versionRefusal(head) ?? hostRefusal(head) ?? targetRefusal(head) ?? framingRefusal(head);
}

function versionRefusal(head: RequestHead): Refusal | undefined {
  if (head.httpVersion === "1.0" || head.httpVersion === "1.1") return undefined;
  return { status: 505, reason: "only HTTP/1.0 and HTTP/1.1 are spoken here" };
}

function hostRefusal(head: RequestHead): Refusal | undefined {
  const hosts = rawValues(head.rawHeaders, "host");
  if (hosts.length > 1) return { status: 400, reason: "more than one Host header" };
  if (hosts.length === 0 && head.httpVersion === "1.1") return { status: 400, reason: "no Host header" };
  if (hosts.every((host) => HOST.test(host))) return undefined;
  return { status: 400, reason: "the Host header is no host" };
}

function targetRefusal(head: RequestHead): Refusal | undefined {
  if (head.method === "CONNECT") return { status: 405, reason: "CONNECT is not offered" };
  if (TARGET.test(head.url ?? "")) return undefined;
  if (head.method === "OPTIONS" && head.url === "*") return undefined;
  return { status: 400, reason: "the request target is no path" };
}

function framingRefusal(head: RequestHead): Refusal | undefined {
  const codings = rawValues(head.rawHeaders, "transfer-encoding");
  const lengths = rawValues(head.rawHeaders, "content-length");
  if (codings.length > 0 && lengths.length > 0) return { status: 400, reason: "two framings of one body" };
  if (codings.length > 0 && head.httpVersion === "1.0") return { status: 400, reason: "HTTP/1.0 knows no chunks" };
  if (codings.length > 1 || codings.some((coding) => coding.toLowerCase() !== "chunked")) {
    return { status: 501, reason: "the only transfer coding understood is chunked" };
  }
  if (lengths.length > 1 || lengths.some((length) => !/^\d+$/.test(length))) {
    return { status: 400, reason: "the Content-Length is no number" };
  }
  return expectRefusal(head);
}

function expectRefusal(head: RequestHead): Refusal | undefined {
  const expected = rawValues(head.rawHeaders, "expect").flatMap(listTokens);
  if (head.httpVersion === "1.0" || expected.every((token) => token === "100-continue")) return undefined;
  return { status: 417, reason: "the only expectation understood is 100-continue" };
}

/** True if the client waits for a 100 before it sends its body. */
export function expectsContinue(head: RequestHead): boolean {
  if (head.httpVersion !== "1.1" || !hasBody(bodyFraming(head.rawHeaders))) return false;
  return rawValues(head.rawHeaders, "expect").length > 0;
}
