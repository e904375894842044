import assert from "node:assert/strict";
import { test } from "node:test";
import { LineQueue } from "./udp-relay-queue.ts";

const SHAPE = { rateBps: 8_000_000, delayMs: 20, queueBytes: 10_000 };

test("a lone packet takes its time on the line plus the delay", () => {
  assert.equal(new LineQueue(SHAPE).offer(972, 100), 121);
});

test("a packet waits for those before it", () => {
  const line = new LineQueue(SHAPE);
  line.offer(972, 0);
  assert.equal(line.offer(972, 0.5), 22);
  assert.equal(line.takeReport().queueMs.max, 0.5);
});

test("what does not fit the queue is dropped and takes no time on the line", () => {
  const line = new LineQueue(SHAPE);
  const due = Array.from({ length: 12 }, () => line.offer(972, 0));
  assert.deepEqual(due.slice(9), [30, undefined, undefined]);
  assert.equal(line.offer(972, 1), 31);
  const { packets, bytes, drops } = line.takeReport();
  assert.deepEqual({ packets, bytes, drops }, { packets: 11, bytes: 11_000, drops: 2 });
});
