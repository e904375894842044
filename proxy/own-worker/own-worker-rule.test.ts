import assert from "node:assert/strict";
import type { OutgoingHttpHeaders, RequestListener } from "node:http";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { after, before, beforeEach, describe, test } from "node:test";
import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
} from "node:zlib";
import { ask } from "../../testing/ask.ts";
import { type RuleServer, startRuleServer } from "../../testing/rule-server.ts";
import { HeaderList } from "../header-list.ts";
import { createOwnWorkerRule } from "./own-worker-rule.ts";
import { MAX_WORKER_BYTES, rewriteScript } from "./rewrite-script.ts";

const WORKER = { "service-worker": "script", "accept-encoding": "gzip, deflate, br, zstd" };
const SCRIPT = "self.addEventListener('fetch', () => {});\n";
const CHANGED = `try{importScripts("/__tuber/core.js")}catch{}${SCRIPT}`;
const DATE = "Sat, 01 Jan 2022 00:00:00 GMT";

let server: RuleServer;
let app: RequestListener;
let seen: string[];

before(async () => {
  const rule = createOwnWorkerRule({
    corePath: "/__tuber/core.js",
    onAppWorker: (path) => void seen.push(path),
    log: { debug() {} },
  });
  server = await startRuleServer({ rules: [rule], fromRaw: HeaderList.fromRaw, app: (req, res) => app(req, res) });
});
beforeEach(() => {
  seen = [];
});
after(() => server.close());

function answers(headers: OutgoingHttpHeaders = {}, body: string | Buffer = SCRIPT, status = 200): void {
  app = (_req, res) => res.writeHead(status, { "content-type": "text/javascript", ...headers }).end(body);
}

function fetchWorker(headers: Record<string, string> = {}, path = "/sw.js?v=1") {
  return ask(server.origin, { path, headers: { ...WORKER, ...headers } });
}

describe("the app's service worker", () => {
  test("is prefixed, and its path is told", async () => {
    answers({ "content-length": SCRIPT.length, "last-modified": DATE, etag: '"1"' });
    const reply = await fetchWorker();
    assert.equal(reply.text, CHANGED);
    assert.deepEqual(seen, ["/sw.js"]);
    assert.deepEqual([reply.headers["content-length"], reply.headers["last-modified"]], [undefined, undefined]);
    assert.equal(reply.headers.vary, "Service-Worker");
  });

  for (const [name, encode, decode, label] of [
    ["gzip", gzipSync, gunzipSync, "gzip"],
    ["br", brotliCompressSync, brotliDecompressSync, "br"],
    ["deflate", deflateSync, inflateSync, "deflate"],
    ["bare deflate", deflateRawSync, inflateSync, "deflate"],
  ] as const) {
    test(`leaves in its coding: ${name}`, async () => {
      answers({ "content-encoding": label }, encode(SCRIPT));
      const reply = await fetchWorker();
      assert.equal(reply.headers["content-encoding"], label);
      assert.equal(decode(reply.bytes).toString(), CHANGED);
    });
  }

  for (const [name, headers, body, status] of [
    ["not 200", {}, SCRIPT, 404],
    ["not a script", { "content-type": "text/html" }, SCRIPT, 200],
    ["no type", { "content-type": "" }, SCRIPT, 200],
    ["unreadable", {}, "import {", 200],
    ["a lying coding", { "content-encoding": "gzip" }, SCRIPT, 200],
    ["an unknown coding", { "content-encoding": "zstd" }, SCRIPT, 200],
    ["no-transform", { "cache-control": "no-transform" }, SCRIPT, 200],
    ["too long", {}, `/*${"x".repeat(MAX_WORKER_BYTES)}*/`, 200],
    ["too long once decoded", { "content-encoding": "gzip" }, gzipSync(`/*${"x".repeat(MAX_WORKER_BYTES)}*/`), 200],
    ["forbidden to fetch from its site", { "content-security-policy": "default-src 'none'" }, SCRIPT, 200],
    ["empty", {}, "", 200],
  ] as const) {
    test(`passes untouched: ${name}`, async () => {
      answers(headers, body, status);
      assert.deepEqual((await fetchWorker()).bytes, Buffer.from(body));
    });
  }

  test("other requests for the same file, and our own worker, pass untouched", async () => {
    answers({ etag: '"1"', "last-modified": DATE });
    for (const reply of [await ask(server.origin, { path: "/sw.js" }), await fetchWorker({}, "/__tuber/sw.js")]) {
      assert.equal(reply.text, SCRIPT);
      assert.equal(reply.headers.etag, '"1"');
    }
    assert.deepEqual(seen, []);
  });

  for (const given of [{ etag: '"1"' }, { "last-modified": DATE }]) {
    test(`is confirmed while the app confirms it: ${Object.keys(given)}`, async () => {
      answers(given);
      const held = (await fetchWorker()).headers.etag ?? assert.fail("no validator");
      app = (req, res) => {
        const isKnown = req.headers["if-none-match"] === '"1"' || req.headers["if-modified-since"] === DATE;
        res.writeHead(isKnown ? 304 : 200, { "content-type": "text/javascript", ...given }).end();
      };
      const reply = await fetchWorker({ "if-none-match": held, "if-modified-since": DATE });
      assert.deepEqual([reply.status, reply.headers.etag, reply.headers["last-modified"]], [304, held, undefined]);
      // A copy from before Tuber must not be confirmed, nor ours to anyone who wants the file itself.
      assert.equal((await fetchWorker({ "if-none-match": '"1"', "if-modified-since": DATE })).status, 200);
      const plain = { "if-none-match": held, "if-modified-since": DATE };
      assert.equal((await ask(server.origin, { path: "/sw.js", headers: plain })).status, 200);
    });
  }

  for (const [policy, becomes] of [
    ["default-src 'self'", "default-src 'self'"],
    ["script-src 'none'; connect-src *", "script-src HOST/__tuber/; connect-src *"],
    ["script-src 'strict-dynamic' 'nonce-a'", "script-src 'strict-dynamic' 'nonce-a'"],
    ["default-src https: http:", "default-src https: http:; script-src-elem https: http: HOST/__tuber/"],
    [
      "require-trusted-types-for 'script'; trusted-types a",
      "require-trusted-types-for 'script'; trusted-types a tuber-loader",
    ],
  ] as const) {
    test(`may load our core under ${policy}`, async () => {
      answers({ "content-security-policy": policy });
      const reply = await fetchWorker();
      const host = server.origin.slice("http://".length);
      assert.equal(reply.headers["content-security-policy"], becomes.replace("HOST", host));
      assert.match(
        reply.text,
        policy.includes("trusted") ? /^try\{importScripts\(trustedTypes/ : /^try\{importScripts\("/,
      );
    });
  }

  test("fails when the app's body fails, and ends it when nobody reads on", async () => {
    const dying = new PassThrough();
    const failed = assert.rejects(buffer(rewriteScript(dying, "identity", async (script) => script)), /app died/);
    dying.write("x");
    dying.destroy(new Error("app died"));
    await failed;
    const waiting = new PassThrough();
    const out = rewriteScript(waiting, "identity", async (script) => script);
    out.resume();
    const closed = new Promise((resolve) => waiting.once("close", resolve));
    out.destroy();
    await closed;
  });
});
