import type { HeaderList } from "../header-list.ts";
import { rawValues } from "./header-rules.ts";

/** How the body of a request was delimited when it was parsed; it is sent on in the same way. */
export type BodyFraming =
  | { readonly kind: "none" }
  | { readonly kind: "counted"; readonly length: string }
  | { readonly kind: "chunked" };

// Node's client frames these as chunked unless told otherwise, so an absent body must be said.
const BODILESS_BY_DEFAULT = new Set(["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "TRACE"]);

/** The framing of a request that `requestRefusal` let through: one of the two headers at most, each well formed. */
export function bodyFraming(rawHeaders: readonly string[]): BodyFraming {
  if (rawValues(rawHeaders, "transfer-encoding").length > 0) return { kind: "chunked" };
  const [length] = rawValues(rawHeaders, "content-length");
  return length === undefined ? { kind: "none" } : { kind: "counted", length };
}

/** True if bytes of a body may follow the head. */
export function hasBody(framing: BodyFraming): boolean {
  return framing.kind === "chunked" || (framing.kind === "counted" && Number(framing.length) > 0);
}

/** Writes the header that says how the body will be sent to the app. */
export function frameBody(headers: HeaderList, framing: BodyFraming, method: string): void {
  headers.delete("content-length", "transfer-encoding");
  if (framing.kind === "chunked") headers.append("Transfer-Encoding", "chunked");
  else if (framing.kind === "counted") headers.append("Content-Length", framing.length);
  else if (!BODILESS_BY_DEFAULT.has(method)) headers.append("Content-Length", "0");
}
