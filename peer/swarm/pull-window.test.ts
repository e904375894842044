import assert from "node:assert/strict";
import { test } from "node:test";
import { PullWindow } from "./pull-window.ts";

const PIECE_BYTES = 65_536;

/** What is asked at once of a line of this rate in the end, in bytes: all that has room is asked, and comes in its turn. */
function settled(bytesPerMs: number, rttMs: number): number {
  const window = new PullWindow();
  for (let round = 0; round < 500; round += 1) {
    let askedBytes = 0;
    while (window.hasRoom(askedBytes, PIECE_BYTES)) askedBytes += PIECE_BYTES;
    window.came(PIECE_BYTES, rttMs + askedBytes / bytesPerMs, rttMs, askedBytes);
  }
  return window.bytes;
}

test("what is asked at once is what the line sends in half a second to one, whatever its round trip, and 4 MiB at most", () => {
  for (const rttMs of [10, 300]) {
    for (const mbps of [5, 16, 40]) {
      const bytesPerMs = mbps * 125;
      const waitMs = settled(bytesPerMs, rttMs) / bytesPerMs;
      assert.ok(waitMs >= 400 && waitMs <= 1_100, `${mbps} Mbit/s: ${waitMs} ms`);
    }
    assert.equal(settled(1_000 * 125, rttMs), 4_194_304);
  }
});

test("two pieces may be asked of anybody, however slow or silent", () => {
  const window = new PullWindow();
  for (let turn = 0; turn < 10; turn += 1) window.putOff();
  window.failed();
  assert.deepEqual(
    [0, 262_144, 524_288].map((asked) => window.hasRoom(asked, 262_144)),
    [true, true, false],
  );
});

test("a window that is not used up does not grow", () => {
  const window = new PullWindow();
  for (let turn = 0; turn < 100; turn += 1) window.came(PIECE_BYTES, 20, 10, PIECE_BYTES);
  assert.equal(window.bytes, 524_288);
});
