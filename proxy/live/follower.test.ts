import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { TestClock } from "../../testing/clock.ts";
import { type Undo, undoAfter } from "../../testing/undo.ts";
import { until } from "../../testing/until.ts";
import { createAppTarget } from "../core/app-target.ts";
import { HeaderList } from "../header-list.ts";
import type { AnonymousCopy } from "./ask-as-stranger.ts";
import { fetchSegment } from "./fetch-segment.ts";
import { Follower } from "./follower.ts";
import type { SegmentOutcome } from "./known-segments.ts";
import type { LiveStream } from "./live-stream.ts";
import type { Site } from "./site.ts";

const SITE: Site = {
  key: "a",
  host: "site.test",
  headers: [
    ["Host", "site.test"],
    ["X-Forwarded-Proto", "https"],
  ],
};

interface AppSegment {
  readonly status?: number;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
  /** Answers by itself. */
  readonly answer?: (res: ServerResponse) => void;
}

/** A follower in front of an app whose segments are a table. */
async function start(undo: Undo) {
  const app = new Map<string, AppSegment>();
  const asked: { target: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((req, res) => {
    asked.push({ target: req.url ?? "", headers: req.headers });
    const { status = 200, headers = {}, body = `body of ${req.url}`, answer } = app.get(req.url ?? "") ?? {};
    if (answer !== undefined) return answer(res);
    res.writeHead(status, { "content-type": "video/mp2t", ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const appTarget = createAppTarget(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  undo(() => {
    appTarget.close();
    server.closeAllConnections();
    server.close();
  });
  const clock = new TestClock();
  const shared: { stream: LiveStream; target: string; copy: AnonymousCopy }[] = [];
  const ended: LiveStream[] = [];
  const outcomes: SegmentOutcome[] = [];
  const waiting: { count: number; resolve(): void }[] = [];
  const follower = new Follower({
    clock,
    wallMs: () => 0,
    privatePaths: ["/members/"],
    fetch: (site, path) => fetchSegment(appTarget, clock, site, path),
    onShared: (stream, { target }, copy) => void shared.push({ stream, target, copy }),
    onError: (error) => assert.fail(String(error)),
    onEnd: (stream) => void ended.push(stream),
    onOutcome(outcome) {
      outcomes.push(outcome);
      for (const wait of waiting) if (outcomes.length >= wait.count) wait.resolve();
    },
  });
  undo(() => follower.close());
  /** Resolves when so many segments have been judged. */
  const judged = (count: number) =>
    new Promise<void>((resolve) => {
      if (outcomes.length >= count) resolve();
      else waiting.push({ count, resolve });
    });
  const look = (text: string, path = "/live/a.m3u8", site = SITE) =>
    follower.onPlaylist({ site, target: path, kind: "hls", text });
  return { app, asked, clock, follower, shared, ended, outcomes, judged, look };
}

function playlist(from: number, count: number, more = ""): string {
  const segments = Array.from({ length: count }, (_, index) => `#EXTINF:2,\ns${from + index}.ts\n`);
  return `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${from}\n${segments.join("")}${more}`;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("each segment is asked for once when it is listed, however many viewers look", async (t) => {
  const { asked, judged, look, shared } = await start(undoAfter(t));
  for (let viewer = 0; viewer < 50; viewer += 1) look(playlist(1, 2));
  await judged(2);
  for (let viewer = 0; viewer < 50; viewer += 1) look(playlist(2, 2));
  await judged(3);
  assert.deepEqual(asked.map(({ target }) => target).sort(), ["/live/s1.ts", "/live/s2.ts", "/live/s3.ts"]);
  assert.equal(new Set(shared.map(({ stream }) => stream)).size, 1);
  assert.equal(String(shared.find(({ target }) => target === "/live/s3.ts")?.copy.body), "body of /live/s3.ts");
});

test("a segment that strangers are refused is never shared", async (t) => {
  const { app, judged, look, shared, outcomes, follower } = await start(undoAfter(t));
  app.set("/live/s1.ts", { status: 403 });
  look(playlist(1, 1));
  await judged(1);
  assert.deepEqual([outcomes, shared], [["status"], []]);
  assert.equal(follower.confirm(SITE, "/live/s1.ts", new HeaderList()), undefined);
});

test("a segment whose URL holds somebody's key is not even asked for", async (t) => {
  const { asked, judged, look, outcomes } = await start(undoAfter(t));
  look(playlist(1, 0, "#EXTINF:2,\ns1.ts?token=abc\n"));
  await judged(1);
  assert.deepEqual([asked, outcomes], [[], ["signed-url"]]);
});

test("a segment under a path that the operator keeps private is not even asked for", async (t) => {
  const { asked, judged, look, outcomes } = await start(undoAfter(t));
  look(playlist(1, 0, "#EXTINF:2,\n/members/s1.ts\n#EXTINF:2,\n/%6Dembers//s2.ts\n"));
  await judged(2);
  assert.deepEqual([asked, outcomes], [[], ["private-path", "private-path"]]);
});

test("no more than four are asked for at a time", async (t) => {
  const { app, asked, judged, look } = await start(undoAfter(t));
  const open: ServerResponse[] = [];
  const held = new Promise<void>((resolve) => {
    const answer = (res: ServerResponse) => {
      open.push(res);
      if (open.length === 4) resolve();
    };
    for (let index = 1; index < 20; index += 1) app.set(`/live/s${index}.ts`, { answer });
  });
  look(playlist(1, 1));
  look(playlist(1, 9));
  await held;
  await settled();
  assert.equal(asked.length, 4);
  for (let index = 1; index < 20; index += 1) app.delete(`/live/s${index}.ts`);
  for (const res of open) res.writeHead(200, { "content-type": "video/mp2t" }).end("x");
  await judged(9);
});

test("a stream refused to strangers is left alone after three refusals", async (t) => {
  const { app, asked, judged, look, shared } = await start(undoAfter(t));
  for (let index = 1; index < 9; index += 1) app.set(`/live/s${index}.ts`, { status: 401 });
  look(playlist(1, 3));
  await judged(3);
  look(playlist(1, 8));
  look(playlist(1, 1), "/other/b.m3u8");
  await until(() => shared.length === 1, "another stream is followed as ever");
  assert.equal(asked.length, 4);
});

test("an answer to a viewer with the validators and length of the shared copy confirms it", async (t) => {
  const { app, follower, judged, look, shared } = await start(undoAfter(t));
  app.set("/live/s1.ts", { headers: { etag: '"1"', "content-length": "2" }, body: "ab" });
  look(playlist(1, 1));
  await judged(1);
  const stream = shared[0]?.stream;
  const confirm = (headers: Record<string, string>) =>
    follower.confirm(SITE, "/live/s1.ts", new HeaderList(Object.entries(headers)));
  assert.equal(confirm({ etag: '"1"', "content-length": "2" }), stream);
  assert.equal(confirm({ etag: '"1"' }), stream);
  assert.equal(confirm({ etag: '"2"', "content-length": "2" }), undefined);
  assert.equal(confirm({ etag: '"1"', "content-length": "3" }), undefined);
  assert.equal(confirm({ "content-length": "2" }), undefined);
  assert.equal(follower.confirm({ ...SITE, key: "b" }, "/live/s1.ts", new HeaderList([["etag", '"1"']])), undefined);
});

test("a URL that stands for something else by now is asked for anew, and shared anew if it differs", async (t) => {
  const { app, follower, judged, look, shared, outcomes } = await start(undoAfter(t));
  app.set("/live/s1.ts", { headers: { etag: '"1"' }, body: "old" });
  look(playlist(1, 1));
  await judged(1);
  app.set("/live/s1.ts", { headers: { etag: '"2"' }, body: "new" });
  const headers = new HeaderList([["ETag", '"2"']]);
  assert.equal(follower.confirm(SITE, "/live/s1.ts", headers), undefined);
  await judged(2);
  assert.deepEqual(
    shared.map(({ copy }) => String(copy.body)),
    ["old", "new"],
  );
  assert.equal(follower.confirm(SITE, "/live/s1.ts", headers), shared[0]?.stream);
  assert.deepEqual(outcomes, ["shared", "shared"]);
});

test("a viewer who is given something of its own gets no part in the swarm, and costs the app no more than two looks", async (t) => {
  const { asked, follower, judged, look, shared } = await start(undoAfter(t));
  look(playlist(1, 1));
  await judged(1);
  for (let request = 0; request < 9; request += 1) {
    assert.equal(follower.confirm(SITE, "/live/s1.ts", new HeaderList([["ETag", '"mine"']])), undefined);
    await judged(Math.min(3, request + 2));
  }
  look(playlist(2, 1));
  await until(() => shared.length === 2, "the next segment is shared");
  assert.equal(asked.filter(({ target }) => target === "/live/s1.ts").length, 3);
});

test("a stream that starts again under the old names is shared anew", async (t) => {
  const { app, clock, judged, look, shared } = await start(undoAfter(t));
  look(playlist(0, 2));
  await judged(2);
  for (let from = 1; from < 6; from += 1) {
    clock.advance(2_000);
    look(playlist(from, 2));
    await judged(from + 2);
  }
  app.set("/live/s0.ts", { body: "another show" });
  clock.advance(2_000);
  look(playlist(0, 1));
  await judged(8);
  assert.equal(String(shared.at(-1)?.copy.body), "another show");
});

test("a stream that ended, or that nobody asks for, ends, and its segments are forgotten", async (t) => {
  const { clock, ended, follower, judged, look, shared } = await start(undoAfter(t));
  look(playlist(1, 1));
  look(playlist(2, 1), "/other/b.m3u8");
  await judged(2);
  for (let second = 0; second < 40; second += 2) {
    clock.advance(2_000);
    look(playlist(1, 1, "#EXT-X-ENDLIST\n"));
  }
  assert.equal(ended.length, 2);
  assert.equal(follower.streams().length, 0);
  for (const { target } of shared) {
    const headers = new HeaderList([["content-length", String(`body of ${target}`.length)]]);
    assert.equal(follower.confirm(SITE, target, headers), undefined);
  }
  clock.advance(60_000);
  assert.equal(clock.pending(), 0);
});

test("a segment is forgotten half a minute after it was listed last, though its stream goes on", async (t) => {
  const { clock, follower, judged, look } = await start(undoAfter(t));
  const headers = new HeaderList([["content-length", String("body of /live/s1.ts".length)]]);
  look(playlist(1, 1));
  await judged(1);
  const goOn = (seconds: number) => {
    for (let second = 0; second < seconds; second += 2) {
      clock.advance(2_000);
      look(playlist(2, 1));
    }
  };
  goOn(30);
  assert.notEqual(follower.confirm(SITE, "/live/s1.ts", headers), undefined);
  goOn(6);
  assert.equal(follower.confirm(SITE, "/live/s1.ts", headers), undefined);
});

test("a film's playlist starts nothing", async (t) => {
  const { asked, clock, follower, look } = await start(undoAfter(t));
  look(playlist(1, 9, "#EXT-X-ENDLIST\n"));
  await settled();
  assert.deepEqual([asked, follower.streams(), clock.pending()], [[], [], 0]);
});

test("playlists of their own that list the same segments are one stream", async (t) => {
  const { follower, judged, look } = await start(undoAfter(t));
  for (let viewer = 0; viewer < 20; viewer += 1) look(playlist(1, 2), `/live/a.m3u8?viewer=${viewer}`);
  look(playlist(1, 2), "/live/a.m3u8?_HLS_msn=3&_HLS_part=1");
  await judged(2);
  assert.equal(follower.streams().length, 1);
});

test("segments of their own for each viewer are followed for eight viewers at most", async (t) => {
  const { follower, judged, look } = await start(undoAfter(t));
  for (let viewer = 0; viewer < 20; viewer += 1) {
    look(playlist(1, 0, `#EXTINF:2,\ns1.ts?v=${viewer}\n`), `/live/a.m3u8?viewer=${viewer}`);
  }
  await judged(8);
  assert.equal(follower.streams().length, 8);
});
