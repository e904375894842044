// Two links that are each other's ends: pieces arrive whole or not at all, share the window with streams, and silence is noticed.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_FRAME_BYTES } from "../protocol/limits.ts";
import { PIECE_HEADER_BYTES } from "../protocol/swarm-frame.ts";
import { TestClock } from "../testing/clock.ts";
import { type LinkEnd, linkPair } from "../testing/link-pair.ts";
import { type LoneLink, loneLink } from "../testing/lone-link.ts";
import { seededRandom } from "../testing/random.ts";
import { EndlessBody } from "../testing/sim-body.ts";
import { SimLink } from "../testing/sim-link.ts";
import { SimSctp } from "../testing/sim-sctp.ts";
import { RecordingInbox } from "../testing/swarm-inbox.ts";
import type { ChannelEvents } from "./channel.ts";

const PLENTY = 1_000_000_000;

/** Bytes that differ everywhere, so that a misplaced one shows. */
function noise(length: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length }, () => random() * 256);
}

function never(): never {
  assert.fail("the stream ended");
}

function viewers(left: LinkEnd = {}, right: LinkEnd = {}) {
  const clock = new TestClock();
  const inbox = new RecordingInbox();
  return { clock, inbox, ...linkPair(clock, left, { inbox, ...right }) };
}

interface Plan {
  readonly swarm: number;
  readonly bytes: number;
  readonly urgent: boolean;
  readonly waitMs: number;
  readonly drop: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  swarm: fc.integer({ min: 1, max: 3 }),
  bytes: fc.integer({ min: 1, max: 40_000 }),
  urgent: fc.boolean(),
  waitMs: fc.integer({ min: 0, max: 30 }),
  drop: fc.boolean(),
});

test("however pieces of several swarms are queued, upgraded and dropped, each that goes arrives whole and once", () => {
  fc.assert(
    fc.property(fc.array(plan, { maxLength: 30 }), fc.nat(), (plans, seed) => {
      const { clock, left, inbox, faults } = viewers();
      inbox.expected = (_, piece) => plans[piece]?.bytes;
      for (const [piece, { swarm, bytes, urgent, waitMs, drop }] of plans.entries()) {
        const { queuedBytes } = left.stats();
        left.swarm(swarm).sendPiece(piece, noise(bytes, seed + piece), urgent);
        const waits = left.stats().queuedBytes === queuedBytes + bytes;
        if (waits) left.swarm(swarm).sendPiece(piece, noise(bytes, seed + piece), true);
        if (drop) left.swarm(swarm).dropPiece(piece);
        clock.advance(waitMs);
      }
      clock.advance(60_000);
      assert.deepEqual(faults, []);
      assert.equal(inbox.events.length, inbox.pieces.size, "a piece came twice");
      for (const [piece, { swarm, bytes, drop }] of plans.entries()) {
        const arrived = inbox.pieces.get(`${swarm}/${piece}`);
        if (!drop) assert.ok(arrived !== undefined);
        if (arrived !== undefined) assert.deepEqual(arrived, noise(bytes, seed + piece));
      }
      assert.equal(left.stats().queuedBytes, 0);
    }),
    { numRuns: 60 },
  );
});

test("pieces and streams arrive whole over one lossy line, both at work all the time", () => {
  const clock = new TestClock();
  const inbox = new RecordingInbox();
  inbox.expected = () => 32_768;
  const line = new SimLink({ clock, rateBps: 20_000_000, queueBytes: 30_000 });
  const connect = (origin: ChannelEvents, client: ChannelEvents) => {
    const sctp = new SimSctp({ clock, link: line, oneWayDelayMs: 15, origin, client });
    return { left: sctp.origin, right: sctp.client };
  };
  const { left, right, faults } = linkPair(clock, { streams: "out" }, { streams: "in", inbox }, connect);
  let streamBytes = 0;
  const data = (bytes: Uint8Array): void => {
    streamBytes += bytes.length;
    right.consumed(1, bytes.length);
  };
  right.open(1, 0, { data, end: never, fail: never }, PLENTY);
  left.push(1, new EndlessBody(), 0, null, PLENTY);
  for (let piece = 0; piece < 100; piece++) left.swarm(7).sendPiece(piece, noise(32_768, piece), true);
  clock.advance(4_000);
  assert.equal(inbox.pieces.size, 100);
  for (let piece = 0; piece < 100; piece++) assert.deepEqual(inbox.pieces.get(`7/${piece}`), noise(32_768, piece));
  // 8 MB went in four seconds; the pieces are 3.3 MB of them.
  assert.ok(streamBytes > 3_200_000, `${streamBytes} bytes of the stream`);
  assert.deepEqual(faults, []);
});

/** Answers each windowful, and says how many frames of each kind went meanwhile. */
function frameShares(prepare: (link: LoneLink["link"]) => void): Map<string, number> {
  const { clock, link, order } = loneLink({ streams: "out" });
  prepare(link);
  order.length = 0;
  for (let round = 0; round < 40; round++) {
    clock.advance(20);
    link.onMessage(ackOf(link.stats().sentBytes));
    clock.advance(20);
  }
  const shares = new Map<string, number>();
  for (const kind of order) shares.set(kind, (shares.get(kind) ?? 0) + 1);
  return shares;
}

function ackOf(bytes: number): Uint8Array {
  const frame = new Uint8Array(7);
  frame[0] = 6;
  new DataView(frame.buffer).setUint32(3, bytes);
  return frame;
}

test("an asked piece and a stream share the line by turns", () => {
  const shares = frameShares((link) => {
    link.push(1, new EndlessBody(), 0, null, PLENTY);
    link.swarm(1).sendPiece(0, new Uint8Array(50_000_000), true);
  });
  const [data = 0, piece = 0] = [shares.get("data"), shares.get("piece 0")];
  assert.ok(Math.abs(data - piece) <= 1, `${data} and ${piece}`);
});

test("a push goes behind what is urgent and still gets a quarter", () => {
  const shares = frameShares((link) => {
    link.swarm(2).sendPiece(9, new Uint8Array(50_000_000), false);
    link.push(1, new EndlessBody(), 0, null, PLENTY);
  });
  const [data = 0, piece = 0] = [shares.get("data"), shares.get("piece 9")];
  assert.ok(data > 2.9 * piece && data < 3.1 * piece, `${data} and ${piece}`);
});

test("of one swarm asked pieces go before pushed ones, one piece after the other", () => {
  const { link, order } = loneLink();
  const filler = new Uint8Array(30_000);
  link.swarm(1).sendPiece(0, filler, false);
  for (const piece of [1, 2]) link.swarm(1).sendPiece(piece, new Uint8Array(10), false);
  for (const piece of [3, 4]) link.swarm(1).sendPiece(piece, new Uint8Array(10), true);
  link.swarm(1).sendPiece(2, new Uint8Array(10), true);
  order.length = 0;
  link.onMessage(ackOf(link.stats().sentBytes));
  assert.deepEqual([...new Set(order)], ["piece 0", "piece 3", "piece 4", "piece 2", "piece 1"]);
});

test("a push that has begun is hurried along once it is asked for", () => {
  const shares = frameShares((link) => {
    link.swarm(1).sendPiece(0, new Uint8Array(50_000_000), false);
    link.push(1, new EndlessBody(), 0, null, PLENTY);
    link.swarm(1).sendPiece(0, new Uint8Array(50_000_000), true);
  });
  const [data = 0, piece = 0] = [shares.get("data"), shares.get("piece 0")];
  assert.ok(Math.abs(data - piece) <= 1, `${data} and ${piece}`);
});

test("streams and pieces have one window together, and without ACKs no more goes", () => {
  const { clock, link } = loneLink({ streams: "out" });
  link.push(1, new EndlessBody(), 0, null, PLENTY);
  for (const swarm of [1, 2, 3]) link.swarm(swarm).sendPiece(0, new Uint8Array(200_000), true);
  clock.advance(60_000);
  const { sentBytes, windowBytes } = link.stats();
  assert.ok(sentBytes <= windowBytes + MAX_FRAME_BYTES, `${sentBytes} sent with a window of ${windowBytes}`);
});

test("what is no piece goes at once, however full the window is", () => {
  const { link, swarmFrames } = loneLink();
  link.swarm(1).sendPiece(0, new Uint8Array(200_000), true);
  link.swarm(1).sendHave(80, new Uint8Array(70));
  link.swarm(1).sendWant(Array.from({ length: 33 }, (_, i) => i));
  link.swarm(1).sendLater(5, 70_000);
  assert.deepEqual(
    swarmFrames.filter(({ type }) => type !== "piece"),
    [
      { type: "have", swarm: 1, base: 80, bitmap: new Uint8Array(64) },
      { type: "have", swarm: 1, base: 80 + 512, bitmap: new Uint8Array(6) },
      { type: "want", swarm: 1, pieces: Array.from({ length: 32 }, (_, i) => i) },
      { type: "want", swarm: 1, pieces: [32] },
      { type: "later", swarm: 1, piece: 5, delayMs: 65_535 },
    ],
  );
});

test("PIECE frames are acknowledged with their headers, refused ones too", () => {
  const { clock, left } = viewers();
  left.swarm(1).sendPiece(0, new Uint8Array(1_000), true);
  clock.advance(30);
  assert.equal(left.stats().ackedBytes, 1_000 + PIECE_HEADER_BYTES);
});

test("while a manifest is verified its pieces wait, unacknowledged, and the sender stops at its window", async () => {
  const { clock, left, inbox, faults } = viewers();
  let verified = (): void => assert.fail();
  inbox.verified = new Promise((resolve) => {
    verified = resolve;
  });
  inbox.expected = () => 200_000;
  left.swarm(1).sendManifest(new Uint8Array(100));
  left.swarm(1).sendPiece(0, noise(200_000, 1), false);
  clock.advance(1_000);
  assert.deepEqual(inbox.events, ["manifest 100"]);
  assert.equal(left.stats().ackedBytes, 0);
  assert.ok(left.stats().sentBytes <= left.stats().windowBytes + MAX_FRAME_BYTES);
  verified();
  await inbox.verified;
  await Promise.resolve();
  clock.advance(5_000);
  assert.deepEqual(inbox.pieces.get("1/0"), noise(200_000, 1));
  assert.deepEqual(faults, []);
});

test("a swarm that is left sends no more, and the same swarm may be joined again", () => {
  const { clock, left, inbox, faults } = viewers();
  inbox.expected = () => 100_000;
  const former = left.swarm(1);
  former.sendPiece(0, noise(100_000, 1), false);
  former.close();
  former.sendPiece(2, noise(100_000, 3), false);
  former.sendWant([4]);
  left.swarm(1).sendPiece(1, noise(100_000, 2), false);
  clock.advance(5_000);
  assert.deepEqual([...inbox.pieces.keys()], ["1/1"]);
  // What had gone of the first piece.
  assert.deepEqual(faults, ["right gap"]);
});

test("how far away a viewer is is known before anything was sent to it", () => {
  const { clock, left } = viewers();
  assert.equal(left.swarm(1).rttMs(), undefined);
  clock.advance(30);
  assert.equal(left.swarm(1).rttMs(), 20);
});

test("a viewer that acknowledges nothing is asked after one second of silence and given up after three", () => {
  const { clock, link, order, state } = loneLink();
  link.swarm(1).sendPiece(0, new Uint8Array(10), true);
  clock.advance(999);
  assert.equal(order.filter((kind) => kind === "ping").length, 1);
  clock.advance(1);
  assert.equal(order.filter((kind) => kind === "ping").length, 2);
  clock.advance(2_000);
  assert.equal(state.closed, true);
});

test("a peer that owes an answer, or is to send by itself, is watched; an idle one is not", () => {
  for (const expect of ["want", "watch"] as const) {
    const { clock, link, state } = loneLink();
    clock.advance(60_000);
    assert.deepEqual([state.closed, clock.pending()], [false, 0]);
    if (expect === "want") link.swarm(1).sendWant([5]);
    else link.watch(true);
    clock.advance(3_000);
    assert.equal(state.closed, expect === "watch");
  }
});
