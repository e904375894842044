import assert from "node:assert/strict";
import type { IncomingMessage, RequestListener } from "node:http";
import { after, before, describe, test } from "node:test";
import { ask } from "../../testing/ask.ts";
import { type RuleServer, startRuleServer } from "../../testing/rule-server.ts";
import { HeaderList } from "../header-list.ts";
import { createHtmlRule } from "./html-rule.ts";

const VISIT = { "sec-fetch-dest": "document" };
const FETCH = { "sec-fetch-dest": "empty" };
const PAGE = "<!doctype html><head></head>";
const ETAG = '"v1"';
const DATE = "Sat, 01 Jan 2022 00:00:00 GMT";

/** The same app behind two builds of Tuber. */
let current: RuleServer;
let older: RuleServer;
let asked: IncomingMessage;
/** What the app answers with besides its type; it answers 304 by the book. */
let validators: Record<string, string>;

const app: RequestListener = (req, res) => {
  asked = req;
  const tags = req.headers["if-none-match"];
  const matches = tags
    ? tags.includes(validators.etag || "-")
    : req.headers["if-modified-since"] === validators["last-modified"];
  const isKnown = matches && (tags ?? req.headers["if-modified-since"]) !== undefined;
  res.writeHead(isKnown ? 304 : 200, {
    "content-type": "text/html",
    "content-security-policy": "script-src b.test",
    ...validators,
  });
  res.end(isKnown ? undefined : PAGE);
};

async function start(buildHash: string): Promise<RuleServer> {
  const rule = createHtmlRule({ scriptPath: `/__tuber/${buildHash}/client.js`, buildHash, log: { debug() {} } });
  return startRuleServer({ rules: [rule], fromRaw: HeaderList.fromRaw, app });
}

before(async () => {
  current = await start("bbbbbbbbbbbb");
  older = await start("aaaaaaaaaaaa");
});
after(() => Promise.all([current.close(), older.close()]));

/** The validator a browser holds after a visit. */
async function visited(server: RuleServer): Promise<string> {
  return (await ask(server.origin, { headers: VISIT })).headers.etag ?? assert.fail("no validator");
}

function again(headers: Record<string, string>, path = "/") {
  return ask(current.origin, { headers, path });
}

describe("validators of pages", () => {
  test("a changed page has a weak validator of its own and no date or range", async () => {
    validators = {
      etag: ETAG,
      "last-modified": DATE,
      "accept-ranges": "bytes",
      digest: "x",
      "content-md5": "x",
      "repr-digest": "x",
    };
    const { headers } = await ask(current.origin, { headers: VISIT });
    assert.match(headers.etag ?? "", /^W\/"[\w-]+\.tuber-bbbbbbbbbbbb"$/);
    for (const name of ["last-modified", "content-length", "digest", "content-md5", "repr-digest"]) {
      assert.equal(headers[name], undefined, name);
    }
    assert.equal(headers["accept-ranges"], "none");
    assert.equal(headers.vary, "Sec-Fetch-Dest");
  });

  for (const [name, given] of [
    ["strong", { etag: ETAG }],
    ["weak", { etag: 'W/"v1"' }],
    ["with odd characters", { etag: '"a.tuber-x/+~é"' }],
    ["with a date beside it", { etag: ETAG, "last-modified": DATE }],
    ["only a date", { "last-modified": DATE }],
    ["an empty tag and a date", { etag: "", "last-modified": DATE }],
  ] as const) {
    test(`a page the app still confirms is confirmed: ${name}`, async () => {
      validators = given;
      const held = await visited(current);
      const reply = await again({ ...VISIT, "if-none-match": held, "if-modified-since": DATE });
      assert.equal(reply.status, 304);
      assert.equal(reply.headers.etag, held);
      assert.equal(reply.headers["last-modified"], undefined);
      assert.match(
        String(reply.headers["content-security-policy"]),
        /^script-src b\.test 127\.0\.0\.1:\d+\/__tuber\/$/,
      );
      validators = { etag: '"v2"', "last-modified": "Sun, 02 Jan 2022 00:00:00 GMT" };
      assert.equal((await again({ ...VISIT, "if-none-match": held })).status, 200);
    });
  }

  test("an empty ETag counts as none", async () => {
    validators = { etag: "" };
    assert.equal((await ask(current.origin, { headers: VISIT })).headers.etag, undefined);
  });

  test("a copy from another build, or from before Tuber, is fetched anew", async () => {
    validators = { etag: ETAG, "last-modified": DATE };
    const old = await visited(older);
    for (const held of [{ "if-none-match": old }, { "if-none-match": ETAG }, { "if-modified-since": DATE }]) {
      assert.equal((await again({ ...VISIT, ...held })).status, 200);
      assert.deepEqual([asked.headers["if-none-match"], asked.headers["if-modified-since"]], [undefined, undefined]);
    }
    const both = await again({ ...VISIT, "if-none-match": `${old}, ${await visited(current)}, "other"` });
    assert.equal(both.status, 304);
    assert.equal(asked.headers["if-none-match"], ETAG);
  });

  test("a fetch() is never told that the changed page is what it wants", async () => {
    validators = { etag: ETAG, "last-modified": DATE };
    for (const server of [current, older]) {
      const held = await visited(server);
      const reply = await again({ ...FETCH, "if-none-match": held, "if-modified-since": DATE });
      assert.equal(reply.text, PAGE);
      assert.equal(reply.headers.etag, ETAG);
      assert.equal((await again({ ...FETCH, "if-none-match": `${held}, ${ETAG}` })).status, 304);
      assert.equal((await again({ ...FETCH, range: "bytes=0-1", "if-range": held })).text, PAGE);
    }
  });

  test("a fetch() with the app's own validators is none of our business", async () => {
    validators = { etag: ETAG, "last-modified": DATE };
    assert.equal((await again({ ...FETCH, "if-none-match": ETAG })).status, 304);
    assert.equal((await again({ ...FETCH, "if-modified-since": DATE })).status, 304);
  });

  test("HEAD tells what GET would", async () => {
    validators = { etag: ETAG, "last-modified": DATE };
    const head = await ask(current.origin, { headers: VISIT, method: "HEAD" });
    assert.equal(head.headers.etag, await visited(current));
    assert.equal(head.headers["content-length"], undefined);
    assert.equal(head.bytes.length, 0);
  });

  test("a page is asked for whole", async () => {
    validators = {};
    await again({ ...VISIT, range: "bytes=0-1" });
    assert.equal(asked.headers.range, undefined);
    await again({ ...VISIT, range: "bytes=5-", "if-range": 'W/"weak"' });
    assert.deepEqual([asked.headers.range, asked.headers["if-range"]], [undefined, undefined]);
  });

  test("a download that is resumed goes on where it was", async () => {
    validators = {};
    const resumed = { ...VISIT, range: "bytes=5-", "if-range": ETAG };
    await again(resumed);
    assert.deepEqual([asked.headers.range, asked.headers["if-range"]], ["bytes=5-", ETAG]);
  });

  test("a picture or film in a tab keeps its range and validators", async () => {
    validators = { etag: ETAG };
    const reply = await again({ ...VISIT, "if-none-match": ETAG, range: "bytes=0-" }, "/a/b.MP4?c=d.html");
    assert.equal(reply.status, 304);
    assert.deepEqual([asked.headers["if-none-match"], asked.headers.range], [ETAG, "bytes=0-"]);
    const held = await visited(current);
    assert.equal((await again({ ...VISIT, "if-none-match": `${held}` }, "/wiki/File:a.png")).headers.etag, held);
  });

  test("Vary names Accept where the browser named no destination, and nothing twice", async () => {
    validators = { vary: "accept, Sec-Fetch-Dest" };
    const guess = { accept: "text/html" };
    assert.equal((await again(guess)).headers.vary, "accept, Sec-Fetch-Dest");
    validators = { vary: "*" };
    assert.equal((await again(guess)).headers.vary, "*");
    validators = { vary: "Cookie" };
    assert.equal((await again(guess)).headers.vary, "Cookie, Sec-Fetch-Dest, Accept");
  });
});
