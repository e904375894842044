import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClock } from "../../../testing/clock.ts";
import { ReadingPatience } from "./reading-patience.ts";

const PIECE_BYTES = 65_536;

function rig(isBegun: boolean) {
  const clock = new TestClock();
  const events: string[] = [];
  let cameMs = Number.NEGATIVE_INFINITY;
  const patience = new ReadingPatience({
    clock,
    pieceBytes: PIECE_BYTES,
    isBegun,
    cameMs: () => cameMs,
    onWaiting: () => events.push("alive"),
  });
  const wait = () => patience.wait(() => events.push(`gave up at ${clock.nowMs()}`));
  /** Some piece of the content comes now and then. */
  const pass = (ms: number, everyMs = Number.POSITIVE_INFINITY): void => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50);
      if ((passed + 50) % everyMs === 0) cameMs = clock.nowMs();
    }
  };
  return { events, wait, pass };
}

test("who has been sent nothing waits a second and what a piece takes on a slow line, whatever else comes", () => {
  const { events, wait, pass } = rig(false);
  wait();
  pass(3_000, 100);
  assert.deepEqual(events, ["gave up at 1256"]);
});

test("a body that has begun waits four seconds for each piece while others come, and is said to be alive within every second", () => {
  const { events, wait, pass } = rig(true);
  const end = wait();
  pass(3_900, 500);
  assert.ok(events.length >= 4 && events.every((event) => event === "alive"), events.join());
  end();
  events.length = 0;
  wait();
  pass(5_000, 500);
  assert.equal(events.at(-1), "gave up at 7900");
});

test("where nothing at all comes for a second and a half a body that has begun is given up", () => {
  const { events, wait, pass } = rig(true);
  wait();
  pass(3_000);
  assert.equal(events.at(-1), "gave up at 1600");
});

test("the first piece begins the body", () => {
  const { events, wait, pass } = rig(false);
  wait()();
  wait();
  pass(3_000, 500);
  assert.ok(!events.some((event) => event.startsWith("gave up")));
});

test("nothing is heard of a wait that has ended", () => {
  const { events, wait, pass } = rig(true);
  wait()();
  pass(10_000);
  assert.deepEqual(events, []);
});
