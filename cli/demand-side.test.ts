// A film and a recording behind the whole proxy; a viewer has a link in memory to the origin's swarms.
import assert from "node:assert/strict";
import { createPublicKey, randomBytes, verify } from "node:crypto";
import { test } from "node:test";
import { createClock } from "../node/clock.ts";
import { loadConfig } from "../node/config.ts";
import { createMetrics } from "../node/metrics.ts";
import { PageBook } from "../peer/swarm/page-book.ts";
import { type NoteSwarm, parseNote } from "../protocol/note.ts";
import { createProxyServer } from "../proxy/core/proxy-server.ts";
import { createNoteRule } from "../proxy/notes/note-rule.ts";
import { startFileApp } from "../testing/file-app.ts";
import { swarmViewer } from "../testing/swarm-viewer.ts";
import { tempDir } from "../testing/temp-dir.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { listen } from "./listen.ts";
import { startSwarmSide } from "./swarm-side.ts";

const SESSION = "0123456789abcdef0123456789abcdef";
const FILM = randomBytes(1_200_000);
const SEGMENT = randomBytes(40_000);
const LOOKS_A_SECOND = 50;
const PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\ns1.ts\n#EXTINF:4,\ns2.ts\n#EXT-X-ENDLIST\n";

async function start(undo: Undo) {
  const app = await startFileApp(undo);
  app.files.set("/film.mp4", { body: FILM });
  app.files.set("/vod/a.m3u8", { body: Buffer.from(PLAYLIST), headers: { "content-type": "application/x-mpegurl" } });
  for (const name of ["s1", "s2"]) app.files.set(`/vod/${name}.ts`, { body: SEGMENT });
  const { config } = loadConfig({ flags: { dataDir: tempDir(undo) }, env: {} });
  const metrics = createMetrics({ processMetrics: false });
  const clock = createClock();
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const side = startSwarmSide(config, app.url, clock, log, metrics);
  undo(() => side.close());
  const notes = createNoteRule({
    origin: {
      has: () => true,
      push(_session, _stream, body) {
        body.cancel();
        return true;
      },
    },
    admit: (exchange, answer) => side.admit(exchange, answer, 5),
    minBytes: 65_536,
    onOutcome() {},
    onContent() {},
  });
  const proxy = createProxyServer({ upstream: app.url, rules: [notes, side.rule] });
  undo(() => proxy.close(0));
  const origin = await listen(proxy.server, { host: "127.0.0.1", port: 0 });
  const visit = async (path: string, headers: Record<string, string> = {}) =>
    (await fetch(new URL(path, origin), { headers })).text();
  /** What the note says of a swarm, once it does. */
  const swarmOf = (path: string, headers: Record<string, string> = {}) =>
    until(async () => {
      const note = parseNote(await visit(path, { ...headers, "tuber-note": `1;${SESSION};77;1048576` }));
      return note?.swarm;
    }, `a swarm of ${path}`);
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: side.publicKey }, format: "jwk" });
  const faults: string[] = [];
  /** The bytes of these pieces, had from the origin's member over a link. */
  const take = async ({ id, ticket, pages }: NoteSwarm, pieces: readonly number[]) => {
    const { member, link } = swarmViewer({
      clock,
      peer: 5,
      swarm: id,
      ticket,
      verify: (bytes, signature) => verify(null, bytes, key, signature),
      inbox: side.links.connect(5),
      book: new PageBook(pages?.pagePieces ?? 0),
      onFault: (fault) => void faults.push(fault),
    });
    await until(() => member.links.size > 0, "both are in the swarm");
    let looks = 0;
    await until(() => {
      const missing = pieces.filter((piece) => !member.held.has(piece));
      // Those that were put off are asked for again.
      if (missing.length > 0 && looks % LOOKS_A_SECOND === 0) link.sendWant(missing);
      looks += 1;
      return missing.length === 0;
    }, "the pieces have come");
    return Buffer.concat(pieces.map((piece) => member.held.get(piece) ?? new Uint8Array()));
  };
  return { side, metrics, visit, swarmOf, take, faults };
}

test("a film asked for in parts becomes a swarm, whose pages its members get from the origin", async (t) => {
  const { side, metrics, swarmOf, take, faults } = await start(undoAfter(t));
  const swarm = await swarmOf("/film.mp4", { range: "bytes=100-" });
  assert.equal(swarm.pages?.kind === "file" && swarm.pages.totalBytes, FILM.length);
  const ends = Buffer.concat([FILM.subarray(0, 65_536), FILM.subarray(18 * 65_536)]);
  assert.ok((await take(swarm, [0, 18])).equals(ends));
  const [status] = side.status() as {
    kind: string;
    path: string;
    bytes: number;
    pagesRead: number;
    members: unknown[];
  }[];
  assert.deepEqual(
    [status?.kind, status?.path, status?.bytes, status?.pagesRead, status?.members],
    ["file", "/film.mp4", FILM.length, 2, []],
  );
  assert.match(await metrics.text(), /^tuber_demand_contents_total\{outcome="shared"\} 1$/m);
  assert.deepEqual(faults, []);
});

test("a recording becomes a swarm once its playlist was seen, and its small segments get notes", async (t) => {
  const { visit, swarmOf, take } = await start(undoAfter(t));
  assert.equal(await visit("/vod/a.m3u8"), PLAYLIST);
  const swarm = await swarmOf("/vod/s1.ts");
  assert.equal(swarm.pages?.kind, "rendition");
  assert.ok((await take(swarm, [128, 129, 130])).equals(SEGMENT));
});
