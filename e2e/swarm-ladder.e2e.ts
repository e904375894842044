import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { aim } from "../testing/aim.ts";
import { chromiumMissing } from "../testing/browser.ts";
import { namespacesMissing } from "../testing/netns.ts";
import { callOf } from "../testing/quiet-browser.ts";
import { undoAfter } from "../testing/undo.ts";
import { enterInTurn, everybodyWatches, type Seat, seatAudience, watchUrl } from "./audience.ts";
import { startPeriod } from "./period.ts";
import { startTuber } from "./programs.ts";
import { assertSiteSegments } from "./site-segments.ts";
import { buildSwarmLab } from "./swarm-lab.ts";

const VIEWERS = 4;
/** Closer together the browsers starve each other on two cores. */
const JOIN_EVERY_MS = 3_000;
/** For a swarm to find its shape. */
const SETTLE_MS = 8_000;
/** Qualities in the order of hls.js, which sorts them: the least first. */
const [LOW, MID, HIGH] = [0, 1, 2];

const SKIP = { skip: namespacesMissing() ?? chromiumMissing(), timeout: 300_000 };
test(`${VIEWERS} viewers of a channel in three qualities go from one to another`, SKIP, async (t) => {
  const undo = undoAfter(t);
  const lab = await buildSwarmLab(undo, { viewers: VIEWERS });
  const seats = await seatAudience(undo, lab);
  const { home: namespace, listen, udpPort } = lab;
  const tuber = await startTuber(undo, { upstream: lab.site, namespace, listen, udpPort });
  const url = (index: number): string => watchUrl(tuber.url, { list: "/ladder.m3u8", viewer: String(index) });
  await enterInTurn(seats, JOIN_EVERY_MS, url, () => callOf(countConnections, null));
  await everybodyWatches(seats, 30_000);
  const switching = await startPeriod(lab, seats);
  await takeTurns(seats, HIGH);
  const before = await connections(seats);
  for (const level of [MID, LOW, HIGH]) await takeTurns(seats, level);
  const made = sum(await connections(seats)) - sum(before);
  const { viewers } = await switching();
  const bytes = await Promise.all(seats.map(async (seat) => (await seat.stats())?.bytes));
  for (const counts of bytes) t.diagnostic(JSON.stringify(counts));

  await t.test("every segment is the site's, of every quality", () => {
    assertSiteSegments(viewers, 10);
    const rungs = new Set(viewers.flatMap(({ segments }) => segments.map(({ path }) => path.split("/")[2])));
    assert.deepEqual([...rungs].sort(), ["high", "low", "mid"]);
  });

  await t.test("they serve each other all the while, and nobody waits", (t) => {
    const stalled = Math.max(...viewers.map(({ stallMs }) => stallMs));
    aim(t, stalled <= 200, `stalled at most ${stalled.toFixed(0)} ms`);
    assert.ok(stalled <= 3_000, `${stalled} ms`);
    for (const counts of bytes) assert.ok((counts?.viewer ?? 0) > 500_000, JSON.stringify(counts));
  });

  await t.test("each made one connection to the origin and one to each other viewer, and hardly any again", () => {
    for (const count of before) assert.ok(count <= VIEWERS + 2, `${before} connections`);
  });

  await t.test("links are for all qualities: a change makes no connection", (t) => {
    assert.ok(made <= VIEWERS, `${made} connections`);
    aim(t, made === 0, `${made} connections made in ${3 * VIEWERS} changes`);
  });
});

/** All go to this quality, one after another, and stay a while. */
async function takeTurns(seats: readonly Seat[], level: number): Promise<void> {
  for (const seat of seats) {
    await seat.run(changeTo, level);
    await pause(500);
  }
  await pause(SETTLE_MS);
}

/** Made so far, by seat. */
async function connections(seats: readonly Seat[]): Promise<number[]> {
  return Promise.all(seats.map((seat) => seat.run(connectionsMade, null)));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

// What follows runs in the page.

declare global {
  interface Window {
    hls: { nextLevel: number };
    connectionsMade: number;
  }
}

function changeTo(level: number): void {
  window.hls.nextLevel = level;
}

function connectionsMade(_: null): number {
  return window.connectionsMade;
}

/** Before the page's own scripts. */
function countConnections(_: null): void {
  const Plain = window.RTCPeerConnection;
  window.connectionsMade = 0;
  window.RTCPeerConnection = class extends Plain {
    constructor(options?: RTCConfiguration) {
      super(options);
      window.connectionsMade += 1;
    }
  };
}
