// All that plans and feeds a swarm is gone in mid-stream, without a word, and comes back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { aim } from "../testing/aim.ts";
import { chromiumMissing } from "../testing/browser.ts";
import { namespacesMissing } from "../testing/netns.ts";
import { type Helper, startHelper } from "../testing/netns-helper.ts";
import { undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { enterInTurn, everybodyWatches, type Seat, seatAudience, watchUrl } from "./audience.ts";
import { CHANNEL_SEGMENT_BYTES } from "./broadcast.ts";
import { startPeriod } from "./period.ts";
import { startTuber } from "./programs.ts";
import { buildSwarmLab } from "./swarm-lab.ts";

const VIEWERS = 4;
const JOIN_EVERY_MS = 1_000;
/** For what is known of viewers to be on the disk: it is looked through, and written, every five seconds. */
const KEPT_MS = 11_000;
/** Longer than any player's buffer lasts: who is cut off stalls within it. */
const AFTERMATH_MS = 15_000;
/** From Tuber's return on. */
const SHARING_AGAIN_MS = 10_000;
/** The planner hears of it so much later at most. */
const REPORT_MS = 5_000;
const STALL_MS = 1_000;
/** What a busy machine may make of these. */
const MOST_SHARING_AGAIN_MS = 20_000;
const MOST_STALL_MS = 3_000;

const SKIP = { skip: namespacesMissing() ?? chromiumMissing(), timeout: 240_000 };
test(`Tuber is killed and started again while ${VIEWERS} watch a live channel`, SKIP, async (t) => {
  const undo = undoAfter(t);
  const lab = await buildSwarmLab(undo, { viewers: VIEWERS });
  const seats = await seatAudience(undo, lab);
  const { home: namespace, site: upstream, listen, udpPort } = lab;
  const tuber = await startTuber(undo, { upstream, namespace, listen, udpPort });
  const inHome = await startHelper(undo, namespace);
  const members = () => membersOf(inHome, tuber.admin);
  await enterInTurn(seats, JOIN_EVERY_MS, (index) =>
    watchUrl(tuber.url, { list: "/live/list.m3u8", viewer: `${index}` }),
  );
  await everybodyWatches(seats, 30_000);
  await until(async () => ranked(await members()).length > 1, "viewers are measured", 60_000);
  const before = ranked(await members());
  await pause(KEPT_MS);

  const aftermath = await startPeriod(lab, seats);
  const killedMs = performance.now();
  await tuber.kill9();
  await tuber.restart();
  const backMs = performance.now();
  const sinceBack = (): number => Math.round(performance.now() - backMs);
  t.diagnostic(`away for ${(backMs - killedMs).toFixed(0)} ms`);
  const uploaded = await uploadedBytes(seats);
  const anew = await until(async () => isWhole(await members()) && members(), "all are members again", 30_000);
  t.diagnostic(`all joined again after ${sinceBack()} ms`);
  const sends = async () => (await uploadedBytes(seats)) - uploaded >= CHANNEL_SEGMENT_BYTES;
  await until(sends, "viewers send again", 30_000);
  const sendingMs = sinceBack();
  await until(async () => isWhole((await members()).filter(({ bytes }) => bytes.viewer > 0)), "all are fed", 30_000);
  const fedMs = sinceBack();
  await pause(Math.max(0, AFTERMATH_MS - sinceBack()));
  const { viewers } = await aftermath();

  await t.test("pictures go on, and nobody waits for more than a second in all", (t) => {
    const stalls = viewers.map(({ stallMs }) => Math.round(stallMs));
    aim(t, Math.max(...stalls) <= STALL_MS, `stalled ${stalls.join(", ")} ms`);
    for (const { stallMs, segments, latenciesMs, fault } of viewers) {
      assert.ok(stallMs <= MOST_STALL_MS, `${stallMs} ms`);
      assert.ok(segments.length >= 5 && latenciesMs.length >= 10 && fault === "", `plays on: ${fault}`);
    }
  });

  await t.test("within ten seconds viewers serve each other again, every one of them", (t) => {
    const isSoon = sendingMs <= SHARING_AGAIN_MS && fedMs <= SHARING_AGAIN_MS + REPORT_MS;
    aim(t, isSoon, `viewers sent a segment's bytes after ${sendingMs} ms, all were heard to be fed after ${fedMs} ms`);
    assert.ok(sendingMs <= MOST_SHARING_AGAIN_MS && fedMs <= MOST_SHARING_AGAIN_MS + REPORT_MS);
  });

  await t.test("who had a rank has one again, before anybody has reported", (t) => {
    t.diagnostic(`uplinks ${uplinks(before)} before, ${uplinks(ranked(anew))} again (Mbit/s)`);
    const known = anew.filter(({ uplinkBps, stayMs }) => uplinkBps !== undefined && stayMs > 0);
    assert.ok(known.length >= before.length, `${known.length} of ${before.length}`);
  });
});

/** A viewer in a swarm, as `/status` shows it. */
interface Member {
  readonly peer: number;
  readonly uplinkBps?: number;
  readonly stayMs: number;
  readonly bytes: { readonly viewer: number };
}

async function membersOf(inHome: Helper, admin: string): Promise<Member[]> {
  const { text } = await inHome.call("fetch", `${admin}/status`);
  const { swarms } = JSON.parse(text) as { swarms: { members: Member[] }[] };
  return swarms.flatMap(({ members }) => members.filter(({ peer }) => peer !== 0));
}

function isWhole(members: readonly Member[]): boolean {
  return members.length === VIEWERS;
}

function ranked(members: readonly Member[]): Member[] {
  return members.filter(({ uplinkBps }) => uplinkBps !== undefined);
}

function uplinks(members: readonly Member[]): string {
  return members.map(({ uplinkBps = 0 }) => (uplinkBps / 1e6).toFixed(1)).join(", ");
}

/** What viewers have sent each other, all together. */
async function uploadedBytes(seats: readonly Seat[]): Promise<number> {
  let bytes = 0;
  for (const seat of seats) bytes += (await seat.stats())?.bytes.uploaded ?? 0;
  return bytes;
}
