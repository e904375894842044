import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TestClock } from "../../../testing/clock.ts";
import { manifestOf } from "../../../testing/manifests.ts";
import { type Patience, PatienceInAll } from "./patience.ts";
import { type PiecePath, SwarmStream } from "./swarm-stream.ts";

const PIECE = 1_024;

/** A reader that takes everything or, `lazy`, nothing by itself. */
function rig(
  lengthBytes: number,
  range: Partial<{
    start: number;
    end: number;
    creditBytes: number;
    unreadBytes: number;
    isBegun: boolean;
    ageMs: number;
    patience: Patience;
  }> = {},
) {
  const content = Uint8Array.from({ length: lengthBytes }, (_, index) => (index * 7) & 255);
  const manifest = manifestOf(content, { firstPiece: 40, pieceBytes: PIECE });
  const clock = new TestClock();
  const held = new Map<number, { bytes: Uint8Array; path: PiecePath }>();
  const events: string[] = [];
  const got: number[] = [];
  const needs: [number, number][] = [];
  const all = {
    start: 0,
    end: lengthBytes,
    creditBytes: 1 << 20,
    unreadBytes: 0,
    isBegun: false,
    ageMs: 0,
    patience: new PatienceInAll(clock, 2_500),
  } as const;
  const stream = new SwarmStream(
    manifest,
    { ...all, ...range },
    {
      clock,
      piece: (piece) => held.get(piece),
      need: (piece, deadlineMs) => needs.push([piece, deadlineMs]),
      data: (bytes, path) => {
        got.push(...bytes);
        events.push(`${path} ${bytes.length}`);
      },
      over: () => events.push("over"),
      end: (offset) => events.push(`end ${offset}`),
      fail: () => events.push("fail"),
    },
  );
  const come = (index: number, path: PiecePath = "viewer"): void => {
    held.set(40 + index, { bytes: content.subarray(index * PIECE, (index + 1) * PIECE), path });
    stream.pump();
  };
  return { content, stream, clock, events, got, needs, held, come };
}

test("pieces are sent in order, each under its path, however they come", () => {
  const { stream, events, content, got, come } = rig(2_500);
  stream.pump();
  come(1, "origin");
  come(2);
  assert.deepEqual(events, []);
  come(0);
  assert.deepEqual(events, ["viewer 1024", "origin 1024", "viewer 452", "over", "end 2500"]);
  assert.deepEqual(got, [...content]);
});

test("no more is sent than the reader granted", () => {
  const { stream, events, come } = rig(4_096, { creditBytes: 1_500 });
  for (const index of [0, 1, 2, 3]) come(index);
  assert.deepEqual(events, ["viewer 1024", "viewer 476"]);
  stream.consumed(100);
  assert.deepEqual(events.slice(2), ["viewer 100"]);
});

test("the piece waited for is needed by the time pushes should have brought it, one that is older at once", () => {
  const young = rig(4_096);
  young.stream.pump();
  young.come(0);
  assert.deepEqual(young.needs, [
    [40, 2_500],
    [41, 2_500],
  ]);
  const old = rig(4_096, { start: 2_048, ageMs: 60_000 });
  old.stream.pump();
  assert.deepEqual(old.needs, [[42, 0]]);
});

test("two and a half seconds of waiting for pieces are enough for one answer", () => {
  const { stream, clock, events, come } = rig(4_096);
  stream.pump();
  clock.advance(600);
  come(0);
  clock.advance(1_899);
  assert.deepEqual(events, ["viewer 1024"]);
  clock.advance(1);
  assert.deepEqual(events, ["viewer 1024", "over", "fail"]);
  come(1);
  assert.equal(events.length, 3);
});

test("what the reader has of an earlier source and has not taken counts against its credit", () => {
  const { stream, events, come } = rig(4_096, { start: 1_000, creditBytes: 1_500, unreadBytes: 1_400 });
  for (const index of [0, 1, 2, 3]) come(index);
  assert.deepEqual(events, ["viewer 24", "viewer 76"]);
  stream.consumed(1_400);
  assert.deepEqual(events.slice(2), ["viewer 948", "viewer 452"]);
});

test("a piece shorter than its content's pieces are ends the answer", () => {
  const { stream, events, held } = rig(4_096, { start: 1_000 });
  held.set(40, { bytes: new Uint8Array(500), path: "viewer" });
  stream.pump();
  assert.deepEqual(events, ["over", "fail"]);
});

test("a reader that takes nothing is waited for", () => {
  const { clock, events, come } = rig(4_096, { creditBytes: 1_024 });
  come(0);
  clock.advance(3_600_000);
  assert.deepEqual([events, clock.pending()], [["viewer 1024"], 0]);
});

test("nothing is heard of a cancelled stream", () => {
  const { stream, clock, events, come } = rig(4_096);
  stream.pump();
  stream.cancel();
  come(0);
  clock.advance(10_000);
  assert.deepEqual([events, clock.pending()], [["over"], 0]);
});

test("any range comes byte for byte, whatever the order of pieces, the credit and the reading", () => {
  const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
  const bytes = fc.integer({ min: 0, max: 5_999 });
  fc.assert(
    fc.property(order, bytes, bytes, fc.integer({ min: 1, max: 3_000 }), (pieces, a, b, creditBytes) => {
      const [start, end] = [Math.min(a, b), Math.max(a, b) + 1];
      const { stream, events, content, got, come } = rig(6_000, { start, end, creditBytes });
      stream.pump();
      for (const piece of pieces) come(piece);
      for (let reads = 0; got.length < end - start && reads < 6_000; reads += 1) stream.consumed(creditBytes);
      assert.deepEqual(Uint8Array.from(got), content.subarray(start, end));
      assert.equal(events.at(-1), `end ${end}`);
    }),
  );
});
