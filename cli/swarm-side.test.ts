// A live stream behind the whole proxy, seen by viewers whose links are the test's.
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createClock } from "../node/clock.ts";
import { loadConfig } from "../node/config.ts";
import { createMetrics } from "../node/metrics.ts";
import { parseNote } from "../protocol/note.ts";
import { decodeTicket } from "../protocol/ticket.ts";
import { createProxyServer } from "../proxy/core/proxy-server.ts";
import { createNoteRule } from "../proxy/notes/note-rule.ts";
import { tempDir } from "../testing/temp-dir.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { listen } from "./listen.ts";
import { startSwarmSide } from "./swarm-side.ts";

const SESSION = "0123456789abcdef0123456789abcdef";
const PLAYLIST = `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:1
#EXTINF:2,
s1.ts
#EXTINF:2,
s2.ts
#EXTINF:2,
private/s3.ts
`;

/** Strangers may have s1 and s2; nobody but members s3; nobody at all who is banned. */
function app(req: IncomingMessage, res: ServerResponse): void {
  const cookie = req.headers.cookie ?? "";
  if (cookie === "banned") res.writeHead(403).end("no");
  else if (req.url === "/live/a.m3u8") res.writeHead(200, { "content-type": "application/x-mpegurl" }).end(PLAYLIST);
  else if (req.url?.includes("private") && cookie !== "member") res.writeHead(401).end("who?");
  else {
    const body = `bytes of ${req.url}`;
    res.writeHead(200, { "content-type": "video/mp2t", "content-length": body.length, etag: `"${req.url}"` }).end(body);
  }
}

async function start(undo: Undo) {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(`${req.headers["user-agent"]} ${req.url}`);
    app(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  undo(() => {
    server.closeAllConnections();
    server.close();
  });
  const upstream = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const { config } = loadConfig({ flags: { dataDir: tempDir(undo) }, env: {} });
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const metrics = createMetrics({ processMetrics: false });
  const side = startSwarmSide(config, upstream, createClock(), log, metrics);
  undo(() => side.close());
  const pushed: string[] = [];
  const notes = createNoteRule({
    origin: {
      has: () => true,
      push(_session, _stream, body) {
        pushed.push("body");
        body.cancel();
        return true;
      },
    },
    admit: (exchange, answer) => side.admit(exchange, answer, 5),
    minBytes: 65_536,
    onOutcome() {},
    onContent() {},
  });
  const proxy = createProxyServer({ upstream, rules: [notes, side.rule] });
  undo(() => proxy.close(0));
  const origin = await listen(proxy.server, { host: "127.0.0.1", port: 0 });
  const visit = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(new URL(path, origin), { headers: { "user-agent": "viewer", ...headers } });
    return { status: response.status, text: await response.text() };
  };
  const segment = (path: string, cookie?: string) =>
    visit(path, { "tuber-note": `1;${SESSION};77;1048576`, ...(cookie ? { cookie } : {}) });
  /** Some viewer has looked at the playlist, and its segments have been judged. */
  const looked = async () => {
    assert.equal((await visit("/live/a.m3u8")).text, PLAYLIST);
    const judged = () => Object.values(metrics.totals().segments).reduce((sum, count) => sum + count, 0);
    await until(() => judged() >= 3 && side.status().length > 0, "the segments are judged");
    await until(async () => parseNote((await segment("/live/s1.ts")).text)?.swarm, "the swarm has begun");
  };
  return { asked, side, metrics, visit, segment, looked, pushed };
}

test("a viewer to whom the app gives a public segment gets it as ever, and a ticket for its number", async (t) => {
  const { looked, segment, pushed, side } = await start(undoAfter(t));
  await looked();
  const before = pushed.length;
  const note = parseNote((await segment("/live/s2.ts", "anybody")).text);
  assert.equal(note?.end, "bytes of /live/s2.ts".length);
  assert.equal(pushed.length, before + 1);
  const read = decodeTicket(Buffer.from(note?.swarm?.ticket ?? "", "base64url"));
  assert.deepEqual([read?.ticket.swarm, read?.ticket.peer], [note?.swarm?.id, 5]);
  assert.equal((side.status() as { id: number }[])[0]?.id, note?.swarm?.id);
});

test("a viewer whom the app refuses sees the refusal, and no ticket", async (t) => {
  const { looked, segment } = await start(undoAfter(t));
  await looked();
  assert.deepEqual(await segment("/live/s1.ts", "banned"), { status: 403, text: "no" });
});

test("what strangers are refused is no swarm's, whoever asks", async (t) => {
  const { looked, segment } = await start(undoAfter(t));
  await looked();
  assert.equal((await segment("/live/private/s3.ts", "member")).text, "bytes of /live/private/s3.ts");
  assert.equal((await segment("/live/private/s3.ts")).status, 401);
});

test("strangers' copies are asked for once, and counted by what became of them", async (t) => {
  const { looked, asked, metrics, visit } = await start(undoAfter(t));
  await looked();
  for (let viewer = 0; viewer < 20; viewer += 1) await visit("/live/a.m3u8");
  assert.deepEqual(asked.filter((line) => line.startsWith("Tuber")).sort(), [
    "Tuber /live/private/s3.ts",
    "Tuber /live/s1.ts",
    "Tuber /live/s2.ts",
  ]);
  assert.deepEqual(metrics.totals().segments, { shared: 2, status: 1 });
  assert.match(await metrics.text(), /^tuber_live_segments_total\{outcome="shared"\} 2$/m);
});
