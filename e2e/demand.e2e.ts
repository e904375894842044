import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { aim } from "../testing/aim.ts";
import { chromiumMissing } from "../testing/browser.ts";
import { namespacesMissing } from "../testing/netns.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { enterLinked, everybodyWatches, type Seat, seatAudience, watchUrl } from "./audience.ts";
import { segmentAt } from "./broadcast.ts";
import { digestOf, readContent } from "./content.ts";
import { download, playAndSeek } from "./in-page.ts";
import { DISK, FILM_FILE } from "./lab-files.ts";
import { offload, startPeriod } from "./period.ts";
import { startTuber, type Tuber } from "./programs.ts";
import { assertSiteSegments } from "./site-segments.ts";
import { buildSwarmLab, type SwarmLab } from "./swarm-lab.ts";

const VIEWERS = 4;
/** Everybody's uplink, home's too, and a home router's queue: what two cores can bear of four browsers that take and give as much. */
const UPLINK = { rateBps: 8_000_000, queueMs: 100 };
const SKIP = { skip: namespacesMissing() ?? chromiumMissing(), timeout: 300_000 };

test(`${VIEWERS} viewers take the same file of 40 MB at once`, SKIP, async (t) => {
  const { lab, seats, tuber } = await setUp(undoAfter(t));
  await enterLinked(seats, `${tuber.url}/`);
  await lab.limitUplink(UPLINK);
  for (const index of seats.keys()) await lab.limitViewer(index, UPLINK);
  const before = await lab.wire();
  const takings = seats.map((seat) => seat.run(download, { url: "/files/disk.iso" }));
  const taken = await Promise.all(takings);
  const { tcpOut, udpOut } = await lab.wire();
  for (const seat of seats) t.diagnostic(JSON.stringify((await seat.stats())?.bytes));

  await t.test("everybody has it whole, byte for byte", async () => {
    const digest = await digestOf(readContent(DISK, 0, DISK.totalBytes));
    for (const { error, bytes, digest: theirs } of taken) {
      assert.deepEqual({ error, bytes, theirs }, { error: "", bytes: DISK.totalBytes, theirs: digest });
    }
  });

  await t.test("home sends at most 1.2 copies", (t) => {
    const copies = (tcpOut + udpOut - before.tcpOut - before.udpOut) / DISK.totalBytes;
    aim(t, copies <= 1.2, `${copies.toFixed(2)} copies`);
    assert.ok(copies <= VIEWERS / 2, `${copies.toFixed(2)} copies`);
  });

  await t.test("it takes at most 1.2 times as long as one copy does from home", (t) => {
    // The fluid bound: with these uplinks all together are faster than home alone.
    const boundMs = (DISK.totalBytes * 8_000) / UPLINK.rateBps;
    const times = Math.max(...taken.map(({ durationMs }) => durationMs)) / boundMs;
    aim(t, times <= 1.2, `${times.toFixed(2)} times`);
    assert.ok(times <= VIEWERS / 2, `${times.toFixed(2)} times`);
  });
});

test(`${VIEWERS} viewers seek about in the same film`, SKIP, async (t) => {
  const { lab, seats, tuber } = await setUp(undoAfter(t));
  // A first page of a busy machine's may be over before its service worker has begun, and the film with it.
  await enterLinked(seats, `${tuber.url}/`);
  await Promise.all(seats.map((seat) => seat.open(`${tuber.url}/mp4`)));
  const before = await lab.wire();
  const played = await Promise.all(
    seats.map((seat, seed) => seat.run(playAndSeek, { selector: "video", seeks: 15, seed })),
  );
  const { tcpOut, udpOut } = await lab.wire();
  const bytes = await Promise.all(seats.map(async (seat) => (await seat.stats())?.bytes));
  for (const counts of bytes) t.diagnostic(JSON.stringify(counts));
  for (const { error, seeks } of played) assert.deepEqual({ error, seeks }, { error: "", seeks: 15 });
  const slowest = played.map(({ seekMs }) => Math.max(...seekMs).toFixed(0)).join(" ");
  const copies = (tcpOut + udpOut - before.tcpOut - before.udpOut) / statSync(FILM_FILE).size;
  aim(t, copies <= 2, `slowest seeks ${slowest} ms; home sent ${copies.toFixed(2)} copies`);
  assert.ok(copies <= VIEWERS + 2, `${copies.toFixed(2)} copies`);
  assert.ok(
    bytes.some((counts) => (counts?.viewer ?? 0) > 0),
    "they serve each other",
  );
});

/** Time between one viewer and the next; and for which the steady state is looked at: half a dozen segments. */
const EVERY_MS = 5_000;
const STEADY_MS = 24_000;
const SEGMENT_MS = 4_000;
test(`${VIEWERS} viewers watch a recorded film, one after another`, SKIP, async (t) => {
  const { lab, seats, tuber } = await setUp(undoAfter(t));
  const whole = await startPeriod(lab, seats);
  const entering = seats.map(async (seat, index) => {
    await pause(index * EVERY_MS);
    await seat.open(watchUrl(tuber.url, { list: "/film/list.m3u8", viewer: String(index) }));
  });
  await Promise.all(entering);
  await everybodyWatches(seats, 30_000);
  await pause(EVERY_MS);
  const steady = await startPeriod(lab, seats);
  await pause(STEADY_MS);
  const [{ wire }, { viewers, ...period }] = [await steady(), await whole()];
  for (const seat of seats) t.diagnostic(JSON.stringify((await seat.stats())?.bytes));
  const last = (await seats.at(-1)?.stats())?.bytes;

  await t.test("every segment is the site's, and nobody gives up or waits", () => {
    for (const { fault } of viewers) assert.equal(fault, "");
    assertSiteSegments(viewers, 10);
    const stalled = Math.max(...viewers.map(({ stallMs }) => stallMs));
    assert.ok(stalled <= 3_000, `stalled ${stalled} ms`);
  });

  await t.test("who comes last has nearly all of it from the others", (t) => {
    const share = (last?.viewer ?? 0) / ((last?.viewer ?? 0) + (last?.origin ?? 0) + (last?.http ?? 0));
    aim(
      t,
      share >= 0.8,
      `${(share * 100).toFixed(1)} %; offload over the whole run ${(offload({ viewers, ...period }) * 100).toFixed(1)} %`,
    );
    assert.ok(share >= 0.4, `${share}`);
  });

  await t.test("once all are there home sends each segment about once", (t) => {
    const filmBytes = (segmentAt("/film/segment-0.ts")?.length ?? 0) * (STEADY_MS / SEGMENT_MS);
    const copies = (wire.tcpOut + wire.udpOut) / filmBytes;
    aim(t, copies <= 1.3, `${copies.toFixed(2)} copies`);
    assert.ok(copies <= VIEWERS / 2, `${copies.toFixed(2)} copies`);
  });
});

async function setUp(undo: Undo): Promise<{ lab: SwarmLab; seats: Seat[]; tuber: Tuber }> {
  const lab = await buildSwarmLab(undo, { viewers: VIEWERS });
  const seats = await seatAudience(undo, lab);
  const { home: namespace, listen, udpPort } = lab;
  return { lab, seats, tuber: await startTuber(undo, { upstream: lab.site, namespace, listen, udpPort }) };
}
