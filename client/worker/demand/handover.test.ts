import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TestClock } from "../../../testing/clock.ts";
import { BegunStream } from "../begun-stream.ts";
import { SwarmStream } from "../swarm/swarm-stream.ts";
import { Handover } from "./handover.ts";

const MIB = 1_048_576;
const PIECE = 65_536;
const CREDIT = MIB;
const CONTENT = Uint8Array.from({ length: 64 * PIECE }, (_, index) => (index * 7 + (index >> 9)) & 255);

/** A file's body that a note began, the swarm it may go on from, and the reader of both. */
class Rig {
  readonly range: { readonly start: number; readonly end: number };
  readonly held = new Set<number>();
  readonly reads: [number, number][] = [];
  fed = true;
  doubted = false;
  stopped = 0;
  /** Where the swarm took over. */
  changedAt: number | undefined;
  /** Next byte the reader expects, and how many it has not taken. */
  position: number;
  unreadBytes = 0;
  ended: string | undefined;
  readonly clock = new TestClock();
  readonly stream: BegunStream;
  /** What the origin may send in all. */
  #grantedBytes = CREDIT;
  readonly #handover: Handover;
  #swarm: SwarmStream | undefined;

  constructor(start: number, end: number) {
    this.range = { start, end };
    this.position = start;
    this.stream = new BegunStream(CREDIT, {
      consumed: (bytes) => {
        this.#grantedBytes += bytes;
      },
      creditBytes: () => this.#creditBytes,
      goOn: (open) => {
        this.changedAt = this.position;
        this.#swarm = open({
          data: (bytes) => {
            const right = CONTENT.subarray(this.position, this.position + bytes.length);
            assert.ok(Buffer.from(bytes.buffer).equals(right));
            this.take(bytes.length);
          },
          end: (offset) => {
            this.ended = `end ${offset}`;
          },
          fail: (why) => {
            this.ended = why;
          },
        });
        this.#swarm.pump();
      },
    });
    this.#handover = new Handover(this.stream, this.range, PIECE, {
      clock: this.clock,
      isFed: () => this.fed,
      isDoubted: () => this.doubted,
      has: (piece) => this.held.has(piece),
      read: (_, piece, endPiece) => this.reads.push([piece, endPiece]),
      stopReading: () => {
        this.stopped += 1;
      },
      open: (reading, sink) =>
        new SwarmStream(
          { firstPiece: 0, pieceBytes: PIECE },
          { ...reading, ageMs: Number.POSITIVE_INFINITY, patience: { wait: () => () => {} } },
          {
            ...sink,
            clock: this.clock,
            piece: (piece) => (this.held.has(piece) ? { bytes: pieceAt(piece), path: "viewer" } : undefined),
            need: () => {},
            over: () => {},
          },
        ),
    });
    this.stream.watch(
      () => this.#handover.look(),
      () => this.#handover.stop(),
    );
    this.#handover.look();
  }

  get #creditBytes(): number {
    return this.#grantedBytes - (this.position - this.range.start);
  }

  take(bytes: number): void {
    this.position += bytes;
    this.unreadBytes += bytes;
    assert.ok(this.unreadBytes <= CREDIT, "no more than the reader granted");
    assert.ok(this.position <= this.range.end);
  }

  /** The origin's link brings so much, as far as it may; nothing once the swarm has taken over. */
  brings(bytes: number): void {
    if (this.#swarm !== undefined) return;
    const length = Math.min(bytes, this.#creditBytes, this.range.end - this.position);
    this.take(length);
    this.stream.came(length);
    if (this.position === this.range.end && this.#swarm === undefined) this.ended = `end ${this.position}`;
  }

  comes(piece: number): void {
    this.held.add(piece);
    this.#handover.look();
    this.#swarm?.pump();
  }

  takes(bytes: number): void {
    const length = Math.min(bytes, this.unreadBytes);
    this.unreadBytes -= length;
    if (this.#swarm === undefined) this.stream.taken(length);
    else this.#swarm.consumed(length);
  }
}

test("once fed, the origin is granted no more; the swarm fetches from there, and goes on at the very byte", () => {
  const rig = new Rig(100, 4 * MIB);
  assert.deepEqual(rig.reads, [[16, 64]], "from where a mebibyte of credit ends");
  rig.brings(MIB - 200);
  rig.takes(MIB);
  rig.brings(MIB);
  assert.equal(rig.position, 100 + MIB, "the origin is at rest");
  rig.comes(17);
  assert.equal(rig.changedAt, undefined);
  rig.comes(16);
  assert.equal(rig.changedAt, 100 + MIB);
  assert.equal(rig.position, 18 * PIECE);
  assert.ok(rig.stopped > 0);
});

test("where the swarm has nothing 0.7 s after the origin came to rest, the origin goes on, and the change is tried again 5 s later", () => {
  const rig = new Rig(0, 4 * MIB);
  rig.brings(MIB);
  rig.takes(MIB);
  rig.clock.advance(650);
  rig.brings(1);
  assert.equal(rig.position, MIB);
  rig.clock.advance(60);
  rig.brings(MIB / 2);
  assert.equal(rig.position, 1.5 * MIB);
  rig.takes(MIB / 2);
  rig.clock.advance(5_000);
  rig.brings(MIB / 2);
  assert.equal(rig.reads.length, 2);
  assert.ok(rig.reads[1] && rig.reads[1][0] > 16);
});

test("what is here already is gone on with at once, whoever else is there", () => {
  const rig = new Rig(0, 4 * MIB);
  for (const piece of [0, 1, 2, 3, 4]) rig.comes(piece);
  assert.equal(rig.changedAt, 0);
});

test("nothing is changed while nobody feeds us and a piece is missing, for little that is left, or for a body that is over", () => {
  const alone = new Rig(0, 4 * MIB);
  alone.fed = false;
  for (let piece = 0; piece < 63; piece += 1) alone.comes(piece);
  assert.equal(alone.changedAt, undefined);
  alone.comes(63);
  assert.equal(alone.changedAt, 0, "but all of it is enough");
  const short = new Rig(0, MIB);
  for (let piece = 0; piece < 16; piece += 1) short.comes(piece);
  assert.deepEqual([short.changedAt, short.reads], [undefined, []]);
  const over = new Rig(0, 4 * MIB);
  over.stream.over();
  for (let piece = 0; piece < 40; piece += 1) over.comes(piece);
  assert.equal(over.changedAt, undefined);
});

test("a swarm that let a reader down a moment ago is not changed to, though all be here", () => {
  const rig = new Rig(0, 4 * MIB);
  rig.doubted = true;
  for (let piece = 0; piece < 64; piece += 1) rig.comes(piece);
  assert.equal(rig.changedAt, undefined);
});

test("every byte comes once and in order, within the reader's credit, whenever the swarm takes over", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("link" as const), bytes: fc.integer({ min: 1, max: 200_000 }) }),
    fc.record({ do: fc.constant("read" as const), bytes: fc.integer({ min: 1, max: 300_000 }) }),
    fc.record({ do: fc.constant("piece" as const), at: fc.nat(63) }),
    fc.record({ do: fc.constant("feed" as const), fed: fc.boolean() }),
  );
  const start = fc.nat(MIB);
  const length = fc.integer({ min: 1, max: 3 * MIB });
  let changes = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), start, length, (steps, from, lengthBytes) => {
      const end = Math.min(from + lengthBytes, 64 * PIECE);
      const rig = new Rig(from, end);
      for (const next of steps) {
        if (next.do === "link") rig.brings(next.bytes);
        else if (next.do === "read") rig.takes(next.bytes);
        else if (next.do === "piece") rig.comes(next.at);
        else rig.fed = next.fed;
      }
      for (let piece = 0; piece < 64; piece += 1) rig.comes(piece);
      for (let turns = 0; rig.ended === undefined && turns < 1_000; turns += 1) {
        rig.takes(CREDIT);
        rig.brings(CREDIT);
      }
      assert.equal(rig.ended, `end ${end}`);
      assert.equal(rig.position, end);
      if (rig.changedAt !== undefined) changes += 1;
    }),
    { numRuns: 60 },
  );
  assert.ok(changes > 10, `the swarm took over ${changes} times`);
});

function pieceAt(piece: number): Uint8Array {
  return CONTENT.subarray(piece * PIECE, (piece + 1) * PIECE);
}
