import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import type { Body } from "../../peer/body.ts";
import { readableBody } from "./readable-body.ts";

/** The next word of a body that is not "wait". */
async function next(body: Body, maxBytes: number): Promise<Uint8Array | "end" | "broken"> {
  for (;;) {
    const chunk = body.read(maxBytes);
    if (chunk !== "wait") return chunk;
    await new Promise<void>((done) => {
      body.onReadable = done;
    });
  }
}

async function readAll(body: Body, maxBytes: number): Promise<Uint8Array | "broken"> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = await next(body, maxBytes);
    if (chunk === "end") return Buffer.concat(chunks);
    if (chunk === "broken") return "broken";
    assert.ok(chunk.length > 0 && chunk.length <= maxBytes);
    chunks.push(chunk);
  }
}

test("the bytes of any stream come whole and in order, never more at once than asked for", async () => {
  const parts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(parts, fc.integer({ min: 1, max: 60 }), async (chunks, maxBytes) => {
      const body = readableBody(Readable.from(chunks.map(Buffer.from), { objectMode: false }));
      assert.deepEqual(await readAll(body, maxBytes), Buffer.concat(chunks));
    }),
    { numRuns: 100, seed: 2 },
  );
});

test("an empty stream is an end", async () => {
  assert.equal(await next(readableBody(Readable.from([])), 10), "end");
});

test("no more is pulled from the source than was read and the stream's high-water mark", async () => {
  let pulled = 0;
  const source = new Readable({
    highWaterMark: 65_536,
    read(bytes) {
      pulled += bytes;
      this.push(Buffer.alloc(bytes));
    },
  });
  const body = readableBody(source);
  let read = 0;
  while (read < 1_000_000) read += ((await next(body, 30_000)) as Uint8Array).length;
  await new Promise((done) => setImmediate(done));
  await new Promise((done) => setImmediate(done));
  assert.ok(pulled <= read + 2 * 65_536, `${pulled} pulled, ${read} read`);
  body.cancel();
});

test("a stream that fails is broken", async () => {
  const stream = new PassThrough();
  const body = readableBody(stream);
  assert.equal(body.read(10), "wait");
  stream.destroy(new Error("reset"));
  assert.equal(await next(body, 10), "broken");
});

test("a stream that closes before its end is broken, not ended", async () => {
  const stream = new PassThrough();
  const body = readableBody(stream);
  stream.write("half");
  assert.equal(Buffer.from((await next(body, 10)) as Uint8Array).toString(), "half");
  stream.destroy();
  assert.equal(await next(body, 10), "broken");
});

test("a stream that was destroyed before is broken at once", () => {
  const stream = new PassThrough();
  stream.destroy();
  assert.equal(readableBody(stream).read(10), "broken");
});

test("cancel destroys the stream and nothing is heard afterwards", async () => {
  const stream = new PassThrough();
  const body = readableBody(stream);
  body.read(1);
  body.onReadable = () => assert.fail("called after cancel");
  body.cancel();
  await once(stream, "close");
  assert.equal(stream.destroyed, true);
});

test("a big body's hash survives", async () => {
  const bytes = Buffer.alloc(5_000_000, "tuber");
  const body = readableBody(
    Readable.from([bytes.subarray(0, 3_000_000), bytes.subarray(3_000_000)], { objectMode: false }),
  );
  const read = await readAll(body, 65_525);
  assert.equal(createHash("sha256").update(read).digest("hex"), createHash("sha256").update(bytes).digest("hex"));
});
