import assert from "node:assert/strict";
import { once } from "node:events";
import { PassThrough, type Transform } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, test } from "node:test";
import * as zlib from "node:zlib";
import { readUntil } from "../../testing/read-until.ts";
import type { Coding } from "./coding.ts";
import { createDecoder, createEncoder } from "./coding.ts";
import { HtmlScanner } from "./html-scanner.ts";
import { InsertTag } from "./insert-tag.ts";
import { recode } from "./recode.ts";

const TAG = "<script></script>";
const PAGE = "<!doctype html><head><title>t</title></head>";
const CHANGED = "<!doctype html><head><script></script><title>t</title></head>";

function inserting(): Transform {
  return new InsertTag(new HtmlScanner({ needsProof: false }), TAG, () => {});
}

const CODINGS: readonly Coding[] = ["identity", "gzip", "deflate", "br"];
const DECODE = {
  identity: (b: Buffer) => b,
  gzip: zlib.gunzipSync,
  deflate: zlib.inflateSync,
  br: zlib.brotliDecompressSync,
};
const ENCODE = {
  identity: (b: Buffer) => b,
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
};

describe("a recoded body", () => {
  for (const coding of CODINGS) {
    test(`${coding}: the head is out while the app still writes, and each later part follows at once`, async () => {
      const app = createEncoder(coding);
      const out = recode(app, { from: coding, to: coding, change: inserting() });
      const decoded = out.pipe(createDecoder(coding, magicOf(coding)) ?? assert.fail());
      app.write(PAGE);
      assert.equal(await readUntil(decoded, "</head>"), CHANGED);
      app.write("<p>later");
      assert.equal(await readUntil(decoded, "later"), "<p>later");
      app.end();
      assert.equal((await buffer(decoded)).length, 0);
    });

    test(`${coding}: whole bodies come out whole, however they are cut`, async () => {
      const encoded = ENCODE[coding](Buffer.from(PAGE.repeat(3000)));
      for (const size of [1, 7, 65_536]) {
        const app = new PassThrough();
        const done = buffer(recode(app, { from: coding, to: coding, change: inserting() }));
        // One byte at a time only for the part that decides.
        const cutUpTo = size === 1 ? Math.min(encoded.length, 200) : encoded.length;
        for (let at = 0; at < cutUpTo; at += size) app.write(encoded.subarray(at, Math.min(at + size, cutUpTo)));
        app.end(encoded.subarray(cutUpTo));
        assert.equal(DECODE[coding](await done).toString(), CHANGED + PAGE.repeat(2999));
      }
    });

    test(`${coding}: an app that dies mid-body makes it fail, never end`, async () => {
      const app = new PassThrough();
      const out = recode(app, { from: coding, to: coding, change: inserting() });
      app.write(ENCODE[coding](Buffer.from(PAGE)).subarray(0, 15));
      const failed = assert.rejects(buffer(out), /app died/);
      out.once("error", () => {});
      app.destroy(new Error("app died"));
      await failed;
    });

    test(`${coding}: a reader that leaves ends the app's body`, async () => {
      for (const written of ["", PAGE]) {
        const app = new PassThrough();
        const out = recode(app, { from: coding, to: coding, change: inserting() });
        out.on("error", () => {});
        if (written !== "") {
          app.write(ENCODE[coding](Buffer.from(written)));
          await once(out, "readable");
        }
        const closed = new Promise((resolve) => app.once("close", resolve));
        out.destroy();
        await closed;
      }
    });

    test(`${coding}: an empty body stays empty`, async () => {
      const app = new PassThrough();
      app.end();
      assert.equal((await buffer(recode(app, { from: coding, to: coding, change: inserting() }))).length, 0);
    });
  }

  test("bare deflate is understood, and leaves as what the client is told", async () => {
    const app = new PassThrough();
    app.end(zlib.deflateRawSync(PAGE));
    const out = await buffer(recode(app, { from: "deflate", to: "gzip", change: inserting() }));
    assert.equal(zlib.gunzipSync(out).toString(), CHANGED);
  });

  test("bytes that are not gzip although they say so pass as they are", async () => {
    const app = new PassThrough();
    app.end(PAGE);
    assert.equal((await buffer(recode(app, { from: "gzip", to: "gzip", change: inserting() }))).toString(), PAGE);
  });

  test("a coding cut short gives what browsers would show, and ends", async () => {
    const app = new PassThrough();
    const whole = zlib.gzipSync(PAGE.repeat(50), { level: 0 });
    app.end(whole.subarray(0, 1000));
    const out = await buffer(recode(app, { from: "gzip", to: "gzip", change: inserting() }));
    assert.ok(zlib.gunzipSync(out).toString().startsWith(`${CHANGED}<!doctype`));
  });

  test("a coding broken in the middle fails", async () => {
    const app = new PassThrough();
    const bytes = zlib.gzipSync(PAGE.repeat(50));
    // A block of a kind that does not exist.
    app.end(bytes.fill(0x07, 10, 11));
    await assert.rejects(buffer(recode(app, { from: "gzip", to: "gzip", change: inserting() })));
  });
});

/** First bytes of a body in this coding. */
function magicOf(coding: Coding): Buffer {
  return ENCODE[coding](Buffer.from("x")).subarray(0, 2);
}
