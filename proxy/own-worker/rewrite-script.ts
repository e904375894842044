import { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants, deflate, gunzip, gzip, inflate, inflateRaw } from "node:zlib";
import type { Coding } from "../inject/coding.ts";

/** Longer scripts pass untouched: the longest bundled workers are a tenth of it. Holds for the coded and for the decoded bytes. */
export const MAX_WORKER_BYTES = 2 * 1024 * 1024;

/** Gives the changed script, or undefined to leave it alone. */
export type Rewrite = (script: Buffer) => Promise<Buffer | undefined>;

/** The body with its decoded bytes rewritten as a whole; whatever goes wrong, the app's own bytes. Fails when the app's body fails. */
export function rewriteScript(body: Readable, coding: Coding, rewrite: Rewrite): Readable {
  const out = Readable.from(rewritten(body, coding, rewrite), { objectMode: false });
  body.once("error", (error) => out.destroy(error));
  // A generator that waits for the app cannot be told to stop; its source can.
  out.once("close", () => body.destroy());
  return out;
}

async function* rewritten(body: Readable, coding: Coding, rewrite: Rewrite): AsyncGenerator<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_WORKER_BYTES) yield* chunks.splice(0);
  }
  if (chunks.length === 0) return;
  const original = Buffer.concat(chunks);
  yield (await changed(original, coding, rewrite)) ?? original;
}

async function changed(original: Buffer, coding: Coding, rewrite: Rewrite): Promise<Buffer | undefined> {
  try {
    const script = await rewrite(await decode(original, coding));
    return script && (await encode(script, coding));
  } catch {
    return undefined;
  }
}

const LIMIT = { maxOutputLength: MAX_WORKER_BYTES };

async function decode(bytes: Buffer, coding: Coding): Promise<Buffer> {
  switch (coding) {
    case "identity":
      return bytes;
    case "gzip":
      return promisify<Buffer, typeof LIMIT, Buffer>(gunzip)(bytes, LIMIT);
    case "br":
      return promisify<Buffer, typeof LIMIT, Buffer>(brotliDecompress)(bytes, LIMIT);
    case "deflate": {
      const zlibFormat = promisify<Buffer, typeof LIMIT, Buffer>(inflate)(bytes, LIMIT);
      return zlibFormat.catch(() => promisify<Buffer, typeof LIMIT, Buffer>(inflateRaw)(bytes, LIMIT));
    }
  }
}

async function encode(bytes: Buffer, coding: Coding): Promise<Buffer> {
  switch (coding) {
    case "identity":
      return bytes;
    case "gzip":
      return promisify<Buffer, Buffer>(gzip)(bytes);
    case "deflate":
      return promisify<Buffer, Buffer>(deflate)(bytes);
    case "br":
      return promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
  }
}
