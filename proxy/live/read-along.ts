import type { Readable } from "node:stream";
import zlib from "node:zlib";
import type { HeaderList } from "../header-list.ts";
import { type Coding, codingOf } from "../inject/coding.ts";

/**
 * Hears a body while somebody else reads it, and tells its text once it is whole. Changes and delays nothing. Silent about a body that
 * fails, is longer than `maxBytes` (coded or not) or is in a coding that cannot be undone. To be called before the reader begins.
 */
export function readAlong(
  { headers, body }: { readonly headers: HeaderList; readonly body: Readable },
  maxBytes: number,
  onText: (text: string) => void,
): void {
  const coding = codingOf(headers);
  if (coding === undefined) return;
  const chunks: Buffer[] = [];
  let bytes = 0;
  const listen = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  };
  body.on("data", listen);
  body.once("end", () => {
    if (bytes <= maxBytes) decode(Buffer.concat(chunks), coding, maxBytes, (text) => onText(text.toString("utf8")));
  });
}

function decode(bytes: Buffer, coding: Coding, maxBytes: number, onDecoded: (bytes: Buffer) => void): void {
  const limits = { maxOutputLength: maxBytes };
  const settle = (error: Error | null, decoded: Buffer): void => {
    if (error === null) onDecoded(decoded);
  };
  if (coding === "identity") onDecoded(bytes);
  else if (coding === "gzip") zlib.gunzip(bytes, limits, settle);
  else if (coding === "br") zlib.brotliDecompress(bytes, limits, settle);
  else zlib.inflate(bytes, limits, settle);
}
