import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { TestClock } from "../../testing/clock.ts";
import { type Undo, undoAfter } from "../../testing/undo.ts";
import { createAppTarget } from "../core/app-target.ts";
import { fetchSegment } from "./fetch-segment.ts";
import type { SegmentRefusal } from "./segment-refusal.ts";
import type { Site } from "./site.ts";

const SITE: Site = {
  key: "a",
  host: "site.test",
  headers: [
    ["Host", "site.test"],
    ["X-Forwarded-Proto", "https"],
  ],
};

/** Asks this app for a segment. */
async function start(undo: Undo, app: RequestListener) {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const target = createAppTarget(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  undo(() => {
    target.close();
    server.closeAllConnections();
    server.close();
  });
  const clock = new TestClock();
  return { clock, fetched: fetchSegment(target, clock, SITE, "/live/s1.ts?v=1") };
}

const answering =
  (status: number, headers: OutgoingHttpHeaders = {}, body: string | Buffer = "body"): RequestListener =>
  (_req, res) =>
    void res.writeHead(status, { "content-type": "video/mp2t", ...headers }).end(body);

test("the app sees a stranger at the viewers' site: no cookie, no password, no range, no neighbour", async (t) => {
  let seen: IncomingHttpHeaders = {};
  const { fetched } = await start(undoAfter(t), (req, res) => {
    seen = req.headers;
    assert.equal(req.url, "/live/s1.ts?v=1");
    answering(200)(req, res);
  });
  await fetched;
  const { connection, ...headers } = seen;
  assert.deepEqual(headers, {
    host: "site.test",
    "x-forwarded-proto": "https",
    "x-forwarded-for": "192.0.2.1",
    accept: "*/*",
    "accept-encoding": "identity",
    "user-agent": "Tuber",
    "tuber-hops": "1",
  });
});

test("what it may have comes with the app's words and headers, byte for byte", async (t) => {
  const body = Buffer.alloc(2 ** 24, "x");
  const { fetched } = await start(undoAfter(t), answering(200, { ETag: '"1"', connection: "close" }, body));
  const copy = await fetched;
  assert.ok(typeof copy !== "string" && copy.body.equals(body));
  assert.deepEqual([copy.statusText, copy.headers.get("etag"), copy.headers.has("connection")], ["OK", '"1"', false]);
});

const REFUSED: [string, RequestListener, SegmentRefusal][] = [
  ["a segment that needs a cookie", answering(401), "status"],
  ["a segment the app refuses", answering(403), "status"],
  ["a private segment", answering(200, { "cache-control": "private" }), "private"],
  ["a segment nobody may store", answering(200, { "cache-control": "no-store" }), "private"],
  ["a segment with a cookie", answering(200, { "set-cookie": ["a=1"] }), "cookie"],
  ["a segment that differs by cookie", answering(200, { vary: "cookie" }), "vary"],
  ["a page", answering(200, { "content-type": "text/html" }), "type"],
  ["a coded segment", answering(200, { "content-encoding": "gzip" }), "coding"],
  ["an empty segment", answering(200, {}, ""), "empty"],
  ["a segment of more than 16 MiB", answering(200, {}, Buffer.alloc(2 ** 24 + 1)), "size"],
  [
    "a segment that breaks off",
    (_req, res) =>
      void res
        .writeHead(200, { "content-type": "video/mp4", "content-length": "9" })
        .write("a", () => void res.destroy()),
    "failed",
  ],
  ["what is no answer", (_req, res) => void res.socket?.end("nonsense\r\n\r\n"), "failed"],
];

for (const [what, app, refusal] of REFUSED) {
  test(`${what} is refused`, async (t) => assert.equal(await (await start(undoAfter(t), app)).fetched, refusal));
}

test("a segment that does not come within 15 s is given up, and its request with it", async (t) => {
  let asked = () => {};
  let left = () => {};
  const hasAsked = new Promise<void>((resolve) => (asked = resolve));
  const hasLeft = new Promise<void>((resolve) => (left = resolve));
  const { clock, fetched } = await start(undoAfter(t), (_req, res) => {
    res.on("close", left);
    asked();
  });
  await hasAsked;
  clock.advance(15_000);
  assert.equal(await fetched, "failed");
  await hasLeft;
});
