import { createCipheriv, createHash } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";

/** A made-up file: random-looking bytes that anyone who knows its name can make again from any offset. */
export interface Content {
  readonly name: string;
  readonly totalBytes: number;
  /** How fast the site sends it; without, as fast as it is taken. */
  readonly bytesPerS?: number;
  /** Its Last-Modified, which the site then says beside a weak ETag, as many servers do. Without, its ETag is strong and all it has. */
  readonly modified?: string;
}

const CHUNK_BYTES = 262_144;
/** What digests are taken of, one by one, so that neither end must hold a whole file; see {@link digestOf}. */
const BLOCK_BYTES = 1_048_576;

/** Bytes [start, end) of the content. */
export function readContent(content: Content, start: number, end: number): Readable {
  return Readable.from(chunks(content, start, end), { objectMode: false, highWaterMark: CHUNK_BYTES });
}

async function* chunks(content: Content, start: number, end: number): AsyncGenerator<Buffer> {
  const { bytesPerS } = content;
  // A slow file comes in five drops a second.
  const size = bytesPerS === undefined ? CHUNK_BYTES : Math.ceil(bytesPerS / 5);
  for (let at = start; at < end; at += size) {
    if (bytesPerS !== undefined) await pause(200);
    yield bytesOf(content, at, Math.min(end, at + size));
  }
}

/** Bytes [start, end) of the content at once: AES in counter mode is a generator one can enter anywhere. */
export function bytesOf(content: Pick<Content, "name">, start: number, end: number): Buffer {
  const key = createHash("sha256").update(content.name).digest().subarray(0, 16);
  const counter = Buffer.alloc(16);
  counter.writeBigUInt64BE(BigInt(Math.floor(start / 16)), 8);
  const skipped = start % 16;
  return createCipheriv("aes-128-ctr", key, counter)
    .update(Buffer.alloc(skipped + end - start))
    .subarray(skipped);
}

/** SHA-256 over the SHA-256 of each mebibyte, as `download` in in-page.ts takes it. */
export async function digestOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const whole = createHash("sha256");
  let block = createHash("sha256");
  let filled = 0;
  for await (let bytes of source) {
    while (bytes.length > 0) {
      const part = bytes.subarray(0, BLOCK_BYTES - filled);
      block.update(part);
      filled += part.length;
      bytes = bytes.subarray(part.length);
      if (filled < BLOCK_BYTES) continue;
      whole.update(block.digest());
      block = createHash("sha256");
      filled = 0;
    }
  }
  if (filled > 0) whole.update(block.digest());
  return whole.digest("hex");
}

/** As {@link digestOf}, of what this URL answers to us. */
export async function digestOfUrl(url: string): Promise<string> {
  const { body } = await fetch(url);
  if (body === null) throw new Error(`${url} has no body`);
  return digestOf(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]));
}
