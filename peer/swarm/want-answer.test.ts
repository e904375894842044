import assert from "node:assert/strict";
import { test } from "node:test";
import { STUB_PIECE, StubLink } from "../../testing/swarm-stub.ts";
import { answerWant } from "./want-answer.ts";

function answered(queueMs: number, bytes: Uint8Array | undefined = STUB_PIECE): StubLink {
  const link = new StubLink(1);
  link.queue = queueMs;
  answerWant(link, 5, bytes, () => 0);
  return link;
}

test("a piece that can go soon is sent, urgent", () => {
  assert.deepEqual(answered(400).pieces, [{ piece: 5, urgent: true }]);
});

test("one that would wait is put off until the queue is short again, but never for long", () => {
  const delays = [500, 2_000, 60_000].map((queueMs) => answered(queueMs).laters[0]?.delayMs);
  assert.deepEqual(delays, [300, 1_800, 4_000]);
});

test("who may send nothing for now queues nothing, and puts it off by a few seconds: it may send again soon", () => {
  const { pieces, laters } = answered(Number.POSITIVE_INFINITY);
  assert.deepEqual([pieces, laters], [[], [{ piece: 5, delayMs: 4_000 }]]);
});
