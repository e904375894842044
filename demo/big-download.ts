import { createCipheriv } from "node:crypto";
import { Readable } from "node:stream";
import type { Resource } from "./resource.ts";

/** A size people call big, and a browser saves within a minute on a home line. */
export const DOWNLOAD_BYTES = 200_000_000;
export const DOWNLOAD_NAME = "tuber-demo-200mb.bin";
/** Of the whole download; a test computes it anew. */
export const DOWNLOAD_SHA256 = "11bb20f016cf6e7b4e78cc99a35191749fc00acafe7c5b87cc655462e699c68b";

const BLOCK_BYTES = 16;
const CHUNK_BYTES = 65_536;
const KEY = Buffer.from("tuber demo bytes");

/** A download that exists nowhere: the key stream of AES in counter mode, so that any range can be made on the spot and none compresses. */
export function bigDownload(): Resource {
  return {
    type: "application/octet-stream",
    sizeBytes: DOWNLOAD_BYTES,
    etag: `"${DOWNLOAD_SHA256.slice(0, 32)}"`,
    modified: new Date("2026-01-01T00:00:00Z"),
    cacheControl: "public, max-age=3600",
    headers: { "content-disposition": `attachment; filename="${DOWNLOAD_NAME}"` },
    open: (start, end) => Readable.from(keyStream(start, end), { objectMode: false, highWaterMark: CHUNK_BYTES }),
  };
}

function* keyStream(start: number, end: number): Generator<Buffer> {
  const counter = Buffer.alloc(BLOCK_BYTES);
  counter.writeBigUInt64BE(BigInt(Math.floor(start / BLOCK_BYTES)), 8);
  const cipher = createCipheriv("aes-128-ctr", KEY, counter);
  cipher.update(Buffer.alloc(start % BLOCK_BYTES));
  for (let at = start; at < end; at += CHUNK_BYTES) {
    yield cipher.update(Buffer.alloc(Math.min(CHUNK_BYTES, end - at)));
  }
}
