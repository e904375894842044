// What a link tells of its queue is about what happens.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClock } from "../testing/clock.ts";
import { linkPair } from "../testing/link-pair.ts";
import { loneLink } from "../testing/lone-link.ts";
import { EndlessBody } from "../testing/sim-body.ts";
import { SimLink } from "../testing/sim-link.ts";
import { SimSctp } from "../testing/sim-sctp.ts";
import { RecordingInbox } from "../testing/swarm-inbox.ts";
import type { ChannelEvents } from "./channel.ts";
import { FairBudget } from "./fair-budget.ts";
import { SharedUploadBudget } from "./upload-budget.ts";

const PLENTY = 1_000_000_000;

function never(): never {
  assert.fail("the stream ended");
}

test("queueMs tells how long the queue takes, on thin lines and fat ones, with and without a stream beside it", () => {
  for (const [rateBps, urgent] of [
    [1_000_000, true],
    [1_000_000, false],
    [8_000_000, true],
    [8_000_000, false],
    [50_000_000, true],
    [50_000_000, false],
  ] as const) {
    for (const beside of [false, true]) {
      const clock = new TestClock();
      const inbox = new RecordingInbox();
      inbox.expected = () => 16_384;
      const line = new SimLink({ clock, rateBps, queueBytes: 250_000 });
      const connect = (origin: ChannelEvents, client: ChannelEvents) => {
        const sctp = new SimSctp({ clock, link: line, oneWayDelayMs: 20, origin, client });
        return { left: sctp.origin, right: sctp.client };
      };
      const { left, right } = linkPair(clock, { streams: "out" }, { streams: "in", inbox }, connect);
      right.open(1, 0, { data: () => {}, end: never, fail: never }, PLENTY);
      if (beside) left.push(1, new EndlessBody(), 0, null, PLENTY);
      const queue = (): void => {
        for (let piece = 0; left.stats().queuedBytes < rateBps / 8; piece++) {
          left.swarm(1).sendPiece(piece, new Uint8Array(16_384), urgent);
        }
      };
      for (let round = 0; round < 10; round++) {
        queue();
        clock.advance(500);
      }
      queue();
      const toldMs = left.swarm(1).queueMs(urgent);
      const startMs = clock.nowMs();
      while (left.stats().queuedBytes > 0) clock.advance(1);
      const tookMs = clock.nowMs() - startMs;
      assert.ok(toldMs > 0.6 * tookMs && toldMs < 1.4 * tookMs, `${rateBps} ${urgent}: told ${toldMs}, took ${tookMs}`);
    }
  }
});

test("a line that has died is told as ever longer", () => {
  const { clock, link } = loneLink();
  link.swarm(1).sendPiece(0, new Uint8Array(200_000), true);
  const toldMs = link.swarm(1).queueMs(true);
  clock.advance(2_000);
  assert.ok(link.swarm(1).queueMs(true) >= toldMs + 1_900);
});

test("an asked piece does not wait for pushes", () => {
  const { link } = loneLink();
  link.swarm(1).sendPiece(0, new Uint8Array(30_000), false);
  link.swarm(2).sendPiece(1, new Uint8Array(10_000_000), false);
  assert.ok(link.swarm(3).queueMs(true) < 500);
  assert.ok(link.swarm(3).queueMs(false) > 10_000);
});

test("where nothing may be sent nothing comes, however short the queue", () => {
  const budget = new FairBudget(new SharedUploadBudget(new TestClock(), Number.POSITIVE_INFINITY), 1);
  const { link } = loneLink({ budget });
  assert.equal(link.swarm(1).queueMs(true), 0);
  budget.take(4_194_304, never);
  assert.deepEqual(
    [true, false].map((urgent) => link.swarm(1).queueMs(urgent)),
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  );
  budget.took(1e9);
  assert.equal(link.swarm(1).queueMs(true), 0);
});
