import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { get, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { startRuleServer } from "../../testing/rule-server.ts";
import { type Undo, undoAfter } from "../../testing/undo.ts";
import { HeaderList } from "../header-list.ts";
import { createPlaylistRule, type SeenPlaylist } from "./playlist-rule.ts";

const TEXT = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\na.ts\n";
const HLS = "application/vnd.apple.mpegurl";

async function start(undo: Undo, app: RequestListener) {
  const seen: SeenPlaylist[] = [];
  const listeners = new Set<() => void>();
  const rule = createPlaylistRule((playlist) => {
    seen.push(playlist);
    for (const listener of listeners) listener();
  });
  const server = await startRuleServer({ app, rules: [rule], fromRaw: HeaderList.fromRaw });
  undo(() => server.close());
  const nextSeen = () => new Promise<void>((resolve) => listeners.add(resolve));
  return { origin: server.origin, seen, nextSeen };
}

const answering =
  (body: string | Buffer, headers: Record<string, string>, status = 200): RequestListener =>
  (_req, res) =>
    void res.writeHead(status, headers).end(body);

/** The answer's bytes as they stand on the wire. */
async function fetchRaw(url: string, headers: Record<string, string> = {}): Promise<Buffer> {
  const [response] = (await once(get(url, { headers }), "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const CODED: [string | undefined, Buffer][] = [
  [undefined, Buffer.from(TEXT)],
  ["gzip", gzipSync(TEXT)],
  ["br", brotliCompressSync(TEXT)],
  ["deflate", deflateSync(TEXT)],
];

for (const [coding, body] of CODED) {
  test(`a playlist (${coding ?? "plain"}) passes byte for byte and is read`, async (t) => {
    const headers = { "content-type": HLS, ...(coding ? { "content-encoding": coding } : {}) };
    const { origin, seen, nextSeen } = await start(undoAfter(t), answering(body, headers));
    const [raw] = await Promise.all([fetchRaw(`${origin}/live/x?q=1`), nextSeen()]);
    assert.deepEqual(raw, body);
    assert.deepEqual([seen[0]?.text, seen[0]?.target, seen[0]?.kind], [TEXT, "/live/x?q=1", "hls"]);
    assert.deepEqual(seen[0]?.site.host, new URL(origin).host);
  });
}

test("a playlist is known by its name where its type says nothing", async (t) => {
  const { origin, seen, nextSeen } = await start(undoAfter(t), answering("<MPD/>", { "content-type": "text/xml" }));
  await Promise.all([fetchRaw(`${origin}/live/a.MPD?x`), nextSeen()]);
  assert.equal(seen[0]?.kind, "dash");
});

test("a part that is the whole playlist is read, another part is not", async (t) => {
  let range = `bytes 0-9/${TEXT.length}`;
  const { origin, seen, nextSeen } = await start(undoAfter(t), (_req, res) => {
    res.writeHead(206, { "content-type": HLS, "content-range": range }).end(TEXT);
  });
  await fetchRaw(`${origin}/a`);
  range = `bytes 0-${TEXT.length - 1}/${TEXT.length}`;
  await Promise.all([fetchRaw(`${origin}/b`), nextSeen()]);
  assert.deepEqual(
    seen.map(({ target }) => target),
    ["/b"],
  );
});

test("what the app has sent so far is with the viewer before it sends more", async (t) => {
  let app: ServerResponse | undefined;
  const { origin, seen, nextSeen } = await start(undoAfter(t), (_req, res) => {
    app = res.writeHead(200, { "content-type": HLS });
    res.write("#EXTM3U\n");
  });
  const [response] = (await once(get(`${origin}/a`), "response")) as [IncomingMessage];
  const [first] = await once(response, "data");
  assert.equal(String(first), "#EXTM3U\n");
  app?.end("rest");
  await Promise.all([once(response, "end"), nextSeen()]);
  assert.equal(seen[0]?.text, "#EXTM3U\nrest");
});

const good = answering(gzipSync(Buffer.alloc(2 ** 21)), { "content-type": HLS, "content-encoding": "gzip" });
const UNREAD: [string, RequestListener][] = [
  ["an error", answering(TEXT, { "content-type": HLS }, 404)],
  ["a page", answering(TEXT, { "content-type": "text/html" })],
  ["a body over 2 MiB", answering(Buffer.alloc(2 ** 21 + 1, 32), { "content-type": HLS })],
  [
    "a body that unpacks to more than 2 MiB",
    answering(gzipSync(Buffer.alloc(2 ** 21 + 1)), { "content-type": HLS, "content-encoding": "gzip" }),
  ],
  ["a body that is not in its coding", answering(TEXT, { "content-type": HLS, "content-encoding": "gzip" })],
  ["a coding nobody knows", answering(TEXT, { "content-type": HLS, "content-encoding": "zstd" })],
];

for (const [what, app] of UNREAD) {
  test(`${what} passes byte for byte and is not read`, async (t) => {
    const undo = undoAfter(t);
    const { origin, seen, nextSeen } = await start(undo, (req, res) => (req.url === "/good" ? good : app)(req, res));
    const direct = await startRuleServer({ app, rules: [], fromRaw: HeaderList.fromRaw });
    undo(() => direct.close());
    assert.deepEqual(await fetchRaw(`${origin}/x`), await fetchRaw(`${direct.origin}/x`));
    // One that takes as long to unpack as any, and is read.
    await Promise.all([fetchRaw(`${origin}/good`), nextSeen()]);
    assert.deepEqual(
      seen.map(({ target }) => target),
      ["/good"],
    );
  });
}

test("a playlist that breaks off is not read, and breaks off for the viewer too", async (t) => {
  const { origin, seen } = await start(undoAfter(t), (_req, res) => {
    res.writeHead(200, { "content-type": HLS, "content-length": "100" });
    res.write(TEXT, () => res.destroy());
  });
  await assert.rejects(fetchRaw(`${origin}/a`));
  assert.deepEqual(seen, []);
});

test("of a playlist's codings the app is offered those that can be undone", async (t) => {
  const asked: unknown[] = [];
  const { origin } = await start(undoAfter(t), (req, res) => {
    asked.push(req.headers["accept-encoding"]);
    res.end();
  });
  const headers = { "accept-encoding": "gzip, deflate, br, zstd" };
  await fetchRaw(`${origin}/a.m3u8`, headers);
  await fetchRaw(`${origin}/a.ts`, headers);
  assert.deepEqual(asked, ["gzip, br", "gzip, deflate, br, zstd"]);
});

test("a big body read slowly is held back as without the rule", async (t) => {
  const big = randomBytes(2 ** 24);
  const { origin } = await start(undoAfter(t), answering(big, { "content-type": HLS }));
  const [response] = (await once(get(`${origin}/a`), "response")) as [IncomingMessage];
  response.pause();
  await once(response, "readable");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  assert.ok(Buffer.concat(chunks).equals(big));
});
