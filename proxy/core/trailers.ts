import type { IncomingMessage } from "node:http";
import { HeaderList } from "../header-list.ts";
import { cgiName, isSendableValue, listTokens, rawValues } from "./header-rules.ts";

// A trailer that changes framing, routing, access or identity could be merged into the head by the other side (RFC 9110 6.5.1).
const FORBIDDEN = new Set([
  "authorization",
  "connection",
  "content-encoding",
  "content-length",
  "content-range",
  "content-type",
  "cookie",
  "forwarded",
  "host",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-real-ip",
]);

/** The trailer names a head announces that may be passed on. */
export function announcedNames(rawHeaders: readonly string[]): string[] {
  const names = rawValues(rawHeaders, "trailer").flatMap(listTokens);
  return names.filter((name) => !FORBIDDEN.has(cgiName(name)) && !cgiName(name).startsWith("x-forwarded"));
}

/** The trailers of a message read to its end, those announced and sendable only. */
export function announcedTrailers(message: IncomingMessage): [string, string][] {
  const announced = new Set(announcedNames(message.rawHeaders));
  const trailers = HeaderList.fromRaw(message.rawTrailers).entries();
  return trailers
    .filter(([name, value]) => announced.has(name.toLowerCase()) && isSendableValue(value))
    .map(([name, value]) => [name, value]);
}
