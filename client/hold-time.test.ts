import assert from "node:assert/strict";
import { mock, type TestContext, test } from "node:test";
import { holdTime } from "./hold-time.ts";

/** After how many milliseconds a video that is held is let go; `comesMs`: until when the service worker is on its way. */
function heldMs(t: TestContext, comesMs: number): number {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  let nowMs = 0;
  let endMs: number | undefined;
  holdTime(
    () => nowMs < comesMs,
    () => {
      endMs = nowMs;
    },
  );
  for (; endMs === undefined && nowMs < 10_000; nowMs += 1) mock.timers.tick(1);
  return endMs ?? Number.POSITIVE_INFINITY;
}

test("a video whose service worker is not on its way is held for 700 ms", (t) => {
  assert.ok(Math.abs(heldMs(t, 0) - 700) <= 1);
});

test("a video is held on while the service worker is on its way", (t) => {
  const waitedMs = heldMs(t, 1_200);
  assert.ok(waitedMs >= 1_200 && waitedMs <= 1_250, `${waitedMs}`);
});

test("no video is held for more than two seconds", (t) => {
  assert.ok(Math.abs(heldMs(t, 60_000) - 2_000) <= 1);
});

test("nothing comes of a hold that was stopped", (t) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const stop = holdTime(
    () => true,
    () => assert.fail("ended"),
  );
  mock.timers.tick(750);
  stop();
  // Step by step: a timer that is set in a step begins at its end.
  for (let ms = 0; ms < 2_000; ms += 1) mock.timers.tick(1);
});
