import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClock } from "./clock.ts";

test("timers run in the order of their times, equal ones as they were set", () => {
  const clock = new TestClock();
  const ran: string[] = [];
  for (const [name, delayMs] of [
    ["late", 30],
    ["first", 10],
    ["second", 10],
    ["middle", 20],
  ] as const) {
    clock.after(delayMs, () => ran.push(`${name} at ${clock.nowMs()}`));
  }
  clock.advance(25);
  assert.deepEqual(ran, ["first at 10", "second at 10", "middle at 20"]);
  assert.equal(clock.nowMs(), 25);
  assert.equal(clock.pending(), 1);
});

test("a timer set by a timer runs in the same advance if it falls due", () => {
  const clock = new TestClock();
  const ranMs: number[] = [];
  clock.after(5, () => clock.after(5, () => ranMs.push(clock.nowMs())));
  clock.advance(10);
  assert.deepEqual(ranMs, [10]);
});

test("a cancelled timer never runs", () => {
  const clock = new TestClock();
  const cancel = clock.after(5, () => assert.fail("ran"));
  cancel();
  clock.advance(10);
  assert.equal(clock.pending(), 0);
});
