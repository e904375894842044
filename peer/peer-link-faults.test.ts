// What strangers send on a link: dropped and counted, the link ended when it is too much, and never a piece of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeSwarmFrame } from "../protocol/swarm-frame.ts";
import { loneLink } from "../testing/lone-link.ts";
import { RecordingInbox } from "../testing/swarm-inbox.ts";

test("a frame of a stream between viewers is a fault, and so are a viewer's bytes for streams at the origin", () => {
  const frames = [...Array(6).keys()].map((code) => Uint8Array.from([code + 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]));
  for (const [streams, refused] of [
    ["none", 5],
    ["out", 3],
    ["in", 3],
  ] as const) {
    const faults: string[] = [];
    const { link } = loneLink({ streams, onFault: (fault) => faults.push(fault) });
    for (const frame of frames) link.onMessage(frame);
    assert.equal(
      faults.filter((fault) => fault === "unexpected").length,
      refused + (streams === "in" ? 1 : 0),
      streams,
    );
  }
});

test("a message beyond the limit ends the link, and so do too many", () => {
  const large = loneLink({ maxMessageBytes: 1_024 });
  large.link.onMessage(new Uint8Array(1_024));
  assert.equal(large.state.closed, false);
  large.link.onMessage(new Uint8Array(1_025));
  assert.equal(large.state.closed, true);
  const many = loneLink();
  for (let i = 0; i < 40_001; i++) many.link.onMessage(Uint8Array.from([8, 0, 0, 0, 9]));
  assert.equal(many.state.closed, true);
});

test("a peer that says more of swarms than anybody honest loses the link", () => {
  const { link, state } = loneLink({ inbox: new RecordingInbox() });
  for (let i = 0; i < 4_001; i++) link.onMessage(Uint8Array.from([13, 0, 0, 0, 1, 0, 0, 0, 1]));
  assert.equal(state.closed, true);
});

/** What a hostile peer might send for a piece of 1,000 bytes; none of it is that piece. */
const POISON: Readonly<Record<string, readonly (readonly [offset: number, bytes: number])[]>> = {
  "cut short, and the next begins": [
    [0, 500],
    [0, 400],
  ],
  "with a hole": [
    [0, 500],
    [501, 499],
  ],
  "with an overlap": [
    [0, 500],
    [499, 501],
  ],
  "from the middle": [[500, 500]],
  "too long": [
    [0, 999],
    [999, 2],
  ],
  endless: Array.from({ length: 50 }, (_, part) => [part * 30, 30] as const),
};

for (const [how, parts] of Object.entries(POISON)) {
  test(`a piece ${how} is dropped and reported`, () => {
    const inbox = new RecordingInbox();
    inbox.expected = () => (how === "endless" ? 1_001 : 1_000);
    const faults: string[] = [];
    const { link } = loneLink({ inbox, onFault: (fault) => faults.push(fault) });
    for (const [offset, bytes] of parts) link.onMessage(pieceFrame(1, 7, offset, new Uint8Array(bytes)));
    assert.deepEqual([...inbox.pieces.keys()], []);
    assert.ok(faults.length > 0);
  });
}

test("a part of another piece of the swarm does not fill a hole", () => {
  const inbox = new RecordingInbox();
  inbox.expected = () => 1_000;
  const { link } = loneLink({ inbox });
  link.onMessage(pieceFrame(1, 7, 0, new Uint8Array(500).fill(7)));
  link.onMessage(pieceFrame(1, 8, 500, new Uint8Array(500).fill(8)));
  assert.equal(inbox.pieces.size, 0);
  link.onMessage(pieceFrame(1, 7, 500, new Uint8Array(500).fill(7)));
  assert.deepEqual(inbox.pieces.get("1/7"), new Uint8Array(1_000).fill(7));
});

test("a flood of unasked pieces ends the link; a few late ones now and then do not", () => {
  const { clock, link, state } = loneLink({ inbox: new RecordingInbox() });
  for (let piece = 0; piece < 100; piece++) {
    link.onMessage(pieceFrame(1, piece, 0, new Uint8Array(60_000)));
    clock.advance(10_000);
  }
  assert.equal(state.closed, false);
  for (let piece = 0; piece < 20; piece++) link.onMessage(pieceFrame(1, piece, 0, new Uint8Array(60_000)));
  assert.equal(state.closed, true);
});

test("one piece in twelve that came twice is forgiven however fast the link, one in two is not", () => {
  for (const [each, closed] of [
    [12, false],
    [2, true],
  ] as const) {
    const inbox = new RecordingInbox();
    inbox.expected = (_, piece) => (piece % each === 0 ? undefined : 60_000);
    const { link, state } = loneLink({ inbox });
    for (let piece = 0; piece < 1_000; piece++) link.onMessage(pieceFrame(1, piece, 0, new Uint8Array(60_000)));
    assert.equal(state.closed, closed);
  }
});

test("pieces that come late are dropped and charged to nobody", () => {
  const inbox = new RecordingInbox();
  inbox.expected = () => "late";
  const faults: string[] = [];
  const { link, state } = loneLink({ inbox, onFault: (fault) => faults.push(fault) });
  for (let piece = 0; piece < 100; piece++) {
    link.onMessage(pieceFrame(1, piece, 0, new Uint8Array(30_000)));
    link.onMessage(pieceFrame(1, piece, 30_000, new Uint8Array(30_000)));
  }
  assert.deepEqual([state.closed, faults, inbox.pieces.size], [false, [], 0]);
});

function pieceFrame(swarm: number, piece: number, offset: number, payload: Uint8Array): Uint8Array {
  return encodeSwarmFrame({ type: "piece", swarm, piece, offset, payload });
}

test("garbage never throws, and nothing whole comes of it but what was expected", async () => {
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc
      .tuple(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 0, max: 3 }), fc.uint8Array({ maxLength: 120 }))
      .map(([type, number, rest]) => Uint8Array.from([type, 0, 0, 0, number, 0, 0, 0, number, 0, 0, 0, 0, ...rest])),
  );
  const streams = fc.constantFrom("in" as const, "out" as const, "none" as const);
  await fc.assert(
    fc.asyncProperty(streams, fc.array(message, { maxLength: 80 }), async (streams, messages) => {
      const inbox = new RecordingInbox();
      inbox.expected = (swarm, piece) => (swarm === 1 && piece < 3 ? 100 : undefined);
      const { clock, link } = loneLink({ inbox, streams });
      for (const bytes of messages) {
        link.onMessage(bytes);
        clock.advance(1);
        await Promise.resolve();
      }
      for (const [key, bytes] of inbox.pieces) assert.deepEqual([key[0], bytes.length], ["1", 100]);
      clock.advance(10_000);
      link.onClose();
      assert.equal(clock.pending(), 0);
    }),
    { numRuns: 300 },
  );
});
