import assert from "node:assert/strict";
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { ask, askForHead, type Reply } from "../../testing/ask.ts";
import { readUntil } from "../../testing/read-until.ts";
import { type RuleServer, startRuleServer } from "../../testing/rule-server.ts";
import { HeaderList } from "../header-list.ts";
import { createHtmlRule } from "./html-rule.ts";

const HASH = "0123456789ab";
const SCRIPT = `/__tuber/${HASH}/client.js`;
const TAG = `<script src="${SCRIPT}"></script>`;
const PAGE = "<!doctype html><html><head><meta charset=utf-8><title>t</title></head><body>b</body></html>";
const CHANGED = PAGE.replace("<head>", `<head>${TAG}`);
const VISIT = { "sec-fetch-dest": "document", accept: "text/html,*/*;q=0.8" };
const GUESS = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

type Headers = Record<string, string>;

let server: RuleServer;
/** What the app does next, and what it was asked last. */
let app: RequestListener;
let asked: IncomingMessage;

before(async () => {
  const rule = createHtmlRule({ scriptPath: SCRIPT, buildHash: HASH, publicHost: "site.test", log: { debug() {} } });
  server = await startRuleServer({
    rules: [rule],
    fromRaw: HeaderList.fromRaw,
    app: (req, res) => {
      asked = req;
      app(req, res);
    },
  });
});
after(() => server.close());

function send(headers: Headers, method = "GET"): Promise<Reply> {
  return ask(server.origin, { headers, method });
}

function answers(headers: OutgoingHttpHeaders = {}, body: string | Buffer = PAGE, status = 200): void {
  app = (_req, res) => res.writeHead(status, { "content-type": "text/html", ...headers }).end(body);
}

describe("which requests get the script", () => {
  const cases: readonly [name: string, headers: Headers, method: string, changed: boolean][] = [
    ["a document", VISIT, "GET", true],
    ["an iframe", { ...VISIT, "sec-fetch-dest": "iframe" }, "GET", true],
    ["a frame", { ...VISIT, "sec-fetch-dest": "frame" }, "GET", true],
    ["the answer to a form", VISIT, "POST", true],
    ["a fetch()", { "sec-fetch-dest": "empty", accept: "*/*" }, "GET", false],
    ["a fetch() that asks for HTML", { "sec-fetch-dest": "empty", accept: "text/html" }, "GET", false],
    [
      "the app's worker, for a document",
      { ...GUESS, "sec-fetch-dest": "empty", "upgrade-insecure-requests": "1" },
      "GET",
      true,
    ],
    [
      "the app's worker, for itself",
      { accept: "*/*", "sec-fetch-dest": "empty", "upgrade-insecure-requests": "1" },
      "GET",
      false,
    ],
    ["an <object>", { ...VISIT, "sec-fetch-dest": "object" }, "GET", false],
    ["another method", VISIT, "PUT", false],
    ["a browser that names no destination", GUESS, "GET", true],
    ["a program", { accept: "*/*" }, "GET", false],
    ["a request without Accept", {}, "GET", false],
    ["jQuery", { ...GUESS, "x-requested-with": "XMLHttpRequest" }, "GET", false],
    ["htmx", { ...GUESS, "hx-request": "true" }, "GET", false],
    ["a Turbo frame", { ...GUESS, "turbo-frame": "x" }, "GET", false],
    ["pjax", { ...GUESS, "x-pjax": "true" }, "GET", false],
    ["Unpoly", { ...GUESS, "x-up-target": "main" }, "GET", false],
    ["Inertia", { ...GUESS, "x-inertia": "true" }, "GET", false],
  ];
  for (const [name, headers, method, changed] of cases) {
    test(`${name}: ${changed ? "yes" : "untouched"}`, async () => {
      answers({ "last-modified": "Sat, 01 Jan 2022 00:00:00 GMT" });
      const reply = await send(headers, method);
      assert.equal(reply.text, changed ? CHANGED : PAGE);
      assert.equal(reply.headers["last-modified"] === undefined, changed);
    });
  }

  test("where browsers do not say, a fragment of a page stays untouched", async () => {
    answers({}, "<li>one</li>");
    assert.equal((await send(GUESS)).text, "<li>one</li>");
  });
});

describe("which answers get the script", () => {
  const XHTML =
    '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head a=">"><title/></head></html>';
  const cases: readonly [name: string, headers: OutgoingHttpHeaders, status: number, changed: boolean][] = [
    ["an error page", {}, 404, true],
    ["a fault page", {}, 503, true],
    ["a redirect with a page", { location: "/x" }, 302, false],
    ["a partial answer", { "content-range": "bytes 0-9/10" }, 206, false],
    ["a download", { "content-disposition": 'attachment; filename="a.html"' }, 200, false],
    ["a disposition that browsers save", { "content-disposition": "form-data" }, 200, false],
    ["an inline one", { "content-disposition": 'inline; filename="attachment.html"' }, 200, true],
    ["another type", { "content-type": "text/plain" }, 200, false],
    ["a type in upper case", { "content-type": "TEXT/HTML; Charset=ISO-8859-1" }, 200, true],
    ["Shift_JIS", { "content-type": "text/html; charset=Shift_JIS" }, 200, true],
    ["UTF-16", { "content-type": "text/html; charset=utf-16le" }, 200, false],
    ["ISO-2022-JP", { "content-type": 'text/html;charset="ISO-2022-JP"' }, 200, false],
    ["no-transform in a list", { "cache-control": "max-age=1, No-Transform" }, 200, false],
    ["no-transform in a string", { "cache-control": 'x="no-transform, y", max-age=1' }, 200, true],
    ["a coding nobody knows", { "content-encoding": "zstd" }, 200, false],
    ["two codings", { "content-encoding": "gzip, br" }, 200, false],
    ["a sandboxed page", { "content-security-policy": "sandbox allow-scripts" }, 200, false],
  ];
  for (const [name, headers, status, changed] of cases) {
    test(`${name}: ${changed ? "yes" : "untouched"}`, async () => {
      answers({ ...headers, etag: '"1"' }, PAGE, status);
      const reply = await send(VISIT);
      assert.equal(reply.text, changed ? CHANGED : PAGE);
      assert.equal(reply.headers.etag === '"1"', !changed);
    });
  }

  test("XHTML gets an element with its namespace", async () => {
    answers({ "content-type": "application/xhtml+xml" }, XHTML);
    const tag = `<script src="${SCRIPT}" xmlns="http://www.w3.org/1999/xhtml"></script>`;
    assert.equal((await send(VISIT)).text, XHTML.replace('<head a=">">', `<head a=">">${tag}`));
  });

  for (const [name, xhtml] of [
    ["an empty head", "<html><head/></html>"],
    ["a prefixed root", "<h:html><h:head></h:head></h:html>"],
    ["an internal subset", '<!DOCTYPE html [<!ENTITY a "<head>">]><html><head></head></html>'],
    ["no head", "<!-- <head> --><html><body/></html>"],
    ["upper case", "<HTML><HEAD></HEAD></HTML>"],
  ] as const) {
    test(`XHTML with ${name} is left alone`, async () => {
      answers({ "content-type": "application/xhtml+xml" }, xhtml);
      assert.equal((await send(VISIT)).text, xhtml);
    });
  }

  test("the tag is short enough to leave <meta charset> where browsers look for it", async () => {
    answers({ "content-security-policy": "script-src 'nonce-MTIzNDU2Nzg5MDEyMzQ1Ng=='" });
    const tag = /<script[^>]*><\/script>/.exec((await send(VISIT)).text)?.[0] ?? "";
    assert.ok(tag.includes('nonce="MTIzNDU2Nzg5MDEyMzQ1Ng=="') && tag.length < 90, tag);
  });
});

test("a policy that names hosts gets the one of the request and the one visitors type", async () => {
  answers({ "content-security-policy": "script-src cdn.test" });
  const policy = (await send(VISIT)).headers["content-security-policy"];
  assert.equal(policy, `script-src cdn.test ${new URL(server.origin).host}/__tuber/ site.test/__tuber/`);
});

describe("codings", () => {
  test("the app is offered what can be undone and redone, and no more than the client takes", async () => {
    answers();
    for (const [client, offered] of [
      ["gzip, deflate, br, zstd", "gzip, br"],
      ["gzip;q=0.5, br;q=0, dcb", "gzip;q=0.5, br;q=0"],
      ["zstd", "identity"],
      ["*", "gzip, br"],
      ["deflate, *;q=0", "identity"],
    ] as const) {
      await send({ ...VISIT, "accept-encoding": client });
      assert.equal(asked.headers["accept-encoding"], offered);
    }
    await send(VISIT);
    assert.equal(asked.headers["accept-encoding"], undefined);
    await send({ "sec-fetch-dest": "empty", "accept-encoding": "gzip, zstd" });
    assert.equal(asked.headers["accept-encoding"], "gzip, zstd");
  });

  test("a coded page leaves in its coding, without the app's length", async () => {
    const gzipped = gzipSync(PAGE);
    answers({ "content-encoding": "gzip", "content-length": gzipped.length }, gzipped);
    const reply = await send({ ...VISIT, "accept-encoding": "gzip" });
    assert.equal(reply.headers["content-encoding"], "gzip");
    assert.equal(reply.headers["content-length"], undefined);
    assert.equal(gunzipSync(reply.bytes).toString(), CHANGED);
  });

  test("deflate leaves as gzip where the client takes it", async () => {
    answers({ "content-encoding": "deflate" }, deflateSync(PAGE));
    const reply = await send({ ...VISIT, "accept-encoding": "gzip, deflate" });
    assert.equal(reply.headers["content-encoding"], "gzip");
    assert.equal(gunzipSync(reply.bytes).toString(), CHANGED);
    const other = await send({ ...VISIT, "accept-encoding": "deflate" });
    assert.equal(other.headers["content-encoding"], "deflate");
  });

  test("a page that streams goes on streaming", async () => {
    const answering = new Promise<ServerResponse>((resolve) => {
      app = (_req, res) => resolve(res.writeHead(200, { "content-type": "text/html" }));
    });
    const asking = askForHead(server.origin, { headers: VISIT });
    const appRes = await answering;
    appRes.write(PAGE);
    const reply = await asking;
    assert.equal(await readUntil(reply, "</html>"), CHANGED);
    appRes.end("<p>more");
    assert.equal((await buffer(reply)).toString(), "<p>more");
  });
});
