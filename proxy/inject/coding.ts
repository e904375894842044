import { PassThrough, type Transform } from "node:stream";
import {
  constants,
  createBrotliCompress,
  createBrotliDecompress,
  createDeflate,
  createGunzip,
  createGzip,
  createInflate,
  createInflateRaw,
} from "node:zlib";
import type { HeaderList } from "../header-list.ts";

/** Content codings that we can undo and redo. */
export type Coding = "identity" | "gzip" | "deflate" | "br";

/** The coding of a body, or undefined if it is one we cannot undo (unknown, or several on top of each other). */
export function codingOf(headers: HeaderList): Coding | undefined {
  const value = (headers.get("content-encoding") ?? "").trim().toLowerCase();
  switch (value) {
    case "":
    case "identity":
      return "identity";
    case "gzip":
    case "x-gzip":
      return "gzip";
    case "deflate":
    case "br":
      return value;
    default:
      return undefined;
  }
}

const OFFERED = new Set(["gzip", "x-gzip", "br", "identity"]);

/**
 * Keeps of Accept-Encoding what we can undo and redo: gzip and br, if the client takes them. deflate goes too (two formats share the
 * name). Without the header nothing was said, and nothing is.
 */
export function narrowAcceptEncoding(headers: HeaderList): void {
  const value = headers.get("accept-encoding");
  if (value === undefined) return;
  const items = value.split(",").map((item) => item.trim());
  const kept = items.filter((item) => OFFERED.has(nameOf(item)));
  if (kept.length > 0) headers.set("Accept-Encoding", kept.join(", "));
  else headers.set("Accept-Encoding", items.some(isOpenStar) ? "gzip, br" : "identity");
}

/** Whether the client takes this coding, as far as it says; saying nothing takes none. */
export function accepts(headers: HeaderList, coding: string): boolean {
  const items = (headers.get("accept-encoding") ?? "").split(",").map((item) => item.trim());
  return items.some((item) => nameOf(item) === coding && !isRefused(item));
}

function nameOf(item: string): string {
  return item.split(";")[0]?.trim().toLowerCase() ?? "";
}

function isRefused(item: string): boolean {
  return /;\s*q\s*=\s*0(\.0*)?\s*$/i.test(item);
}

function isOpenStar(item: string): boolean {
  return nameOf(item) === "*" && !isRefused(item);
}

/**
 * What undoes the coding of a body that begins with `first`, or undefined if it is not in that coding at all. A body cut short inside
 * its coding ends where it ends, as in browsers; only a broken connection is an error.
 */
export function createDecoder(coding: Coding, first: Uint8Array): Transform | undefined {
  const lenient = { finishFlush: constants.Z_SYNC_FLUSH };
  switch (coding) {
    case "identity":
      return new PassThrough();
    case "gzip":
      return first[0] === 0x1f && (first.length < 2 || first[1] === 0x8b) ? createGunzip(lenient) : undefined;
    case "deflate":
      return hasZlibHeader(first) ? createInflate(lenient) : createInflateRaw(lenient);
    case "br":
      return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
  }
}

/** `deflate` means the zlib format, but some servers send it bare, and browsers take both. */
function hasZlibHeader(first: Uint8Array): boolean {
  const [method = 0, flags = 0] = first;
  return (method & 0x0f) === 8 && (first.length < 2 || ((method << 8) | flags) % 31 === 0);
}

/** Encodes so that every chunk comes out at once: a page that streams goes on streaming. */
export function createEncoder(coding: Coding): Transform {
  switch (coding) {
    case "identity":
      return new PassThrough();
    case "gzip":
      return createGzip({ flush: constants.Z_SYNC_FLUSH });
    case "deflate":
      return createDeflate({ flush: constants.Z_SYNC_FLUSH });
    case "br":
      // Quality 4 costs what gzip does; the default, 11, is two orders slower.
      return createBrotliCompress({
        flush: constants.BROTLI_OPERATION_FLUSH,
        params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
      });
  }
}
