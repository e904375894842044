import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TestClock } from "../../testing/clock.ts";
import { manifestOf } from "../../testing/manifests.ts";
import { StubLink } from "../../testing/swarm-stub.ts";
import { createDemandOrigin } from "./demand-origin.ts";
import type { LoadedPage } from "./page-shelf.ts";

const PAGE_PIECES = 4;
const PIECE_BYTES = 1_024;
const PAGES = 10;

function pageOf(page: number): LoadedPage {
  const bytes = new Uint8Array(PAGE_PIECES * PIECE_BYTES).fill(page);
  const pieces = Array.from({ length: PAGE_PIECES }, (_, at) =>
    bytes.subarray(at * PIECE_BYTES, (at + 1) * PIECE_BYTES),
  );
  const manifest = manifestOf(bytes, { swarm: 7, segment: page, firstPiece: page * PAGE_PIECES });
  return { manifest, signed: Uint8Array.of(page), pieces };
}

/** Lets what was promised come true. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}

function setUp(keepPages = 8) {
  const clock = new TestClock();
  const loads: number[] = [];
  const faults: string[] = [];
  const state = { failing: false };
  const origin = createDemandOrigin({
    swarm: 7,
    pagePieces: PAGE_PIECES,
    clock,
    random: () => 0,
    keepBytes: keepPages * PAGE_PIECES * PIECE_BYTES,
    onFault: (_peer, fault) => faults.push(fault),
    load: async (page) => {
      loads.push(page);
      return state.failing || page >= PAGES ? undefined : pageOf(page);
    },
  });
  const link = (peer: number): StubLink => {
    const made = new StubLink(peer);
    origin.addLink(made);
    return made;
  };
  return { clock, loads, faults, state, origin, link };
}

test("a WANT loads its page once for all who ask, and is answered by the manifest, once for each link, and the pieces", async () => {
  const { origin, link, loads } = setUp();
  const [one, two] = [link(1), link(2)];
  origin.onWant(1, [4, 5]);
  origin.onWant(2, [6]);
  await settle();
  origin.onWant(1, [7]);
  assert.deepEqual(loads, [1]);
  assert.deepEqual([one.manifests, two.manifests], [[Uint8Array.of(1)], [Uint8Array.of(1)]]);
  assert.deepEqual(
    [one, two].map(({ pieces }) => pieces.map(({ piece }) => piece)),
    [[4, 5, 7], [6]],
  );
});

test("a piece sent to another peer within five seconds is put off by 600 ms at the first ask, and sent at the second", async () => {
  const { origin, link, clock } = setUp();
  const [one, two] = [link(1), link(2)];
  origin.onWant(1, [0]);
  await settle();
  origin.onWant(2, [0]);
  assert.deepEqual([two.pieces, two.laters], [[], [{ piece: 0, delayMs: 600 }]]);
  clock.advance(600);
  origin.onWant(2, [0]);
  assert.deepEqual([two.pieces.length, one.pieces.length], [1, 1]);
  clock.advance(5_000);
  const three = link(3);
  origin.onWant(3, [0]);
  assert.deepEqual([three.pieces.length, three.laters], [1, []], "five seconds later it is nobody's any more");
});

test("two who ask for a piece while its page is loading: the first is sent it, the second put off", async () => {
  const { origin, link } = setUp();
  const [one, two] = [link(1), link(2)];
  origin.onWant(1, [0]);
  origin.onWant(2, [0]);
  await settle();
  assert.deepEqual([one.pieces.length, two.pieces.length, two.laters], [1, 0, [{ piece: 0, delayMs: 600 }]]);
});

test("nobody waits for a piece that went to a peer that has left, nor for one that was sent to the asker itself", async () => {
  const { origin, link } = setUp();
  const [, two] = [link(1), link(2)];
  origin.onWant(1, [0]);
  await settle();
  origin.removeLink(1);
  origin.onWant(2, [0]);
  origin.onWant(2, [0]);
  assert.deepEqual([two.pieces.length, two.laters], [2, []]);
});

test("a page that cannot be loaded is put off by a minute, and not tried again before", async () => {
  const { origin, link, loads, state, clock } = setUp();
  const one = link(1);
  state.failing = true;
  origin.onWant(1, [0]);
  await settle();
  state.failing = false;
  clock.advance(20_000);
  origin.onWant(1, [1]);
  assert.deepEqual(one.laters, [
    { piece: 0, delayMs: 60_000 },
    { piece: 1, delayMs: 40_000 },
  ]);
  clock.advance(40_000);
  origin.onWant(1, [0]);
  await settle();
  assert.deepEqual([loads, one.pieces.length], [[0, 0], 1]);
});

test("pages are kept as far as there is room, those used last the longest", async () => {
  const { origin, link, loads } = setUp(2);
  link(1);
  for (const piece of [0, 4, 1, 8, 2, 5]) {
    origin.onWant(1, [piece]);
    await settle();
  }
  assert.deepEqual(loads, [0, 1, 2, 1]);
  assert.deepEqual([origin.piece(5)?.[0], origin.piece(8)], [1, undefined]);
});

test("a link that is behind is put off until its turn", async () => {
  const { origin, link } = setUp();
  const one = link(1);
  one.queue = 700;
  origin.onWant(1, [0]);
  await settle();
  assert.deepEqual([one.pieces, one.laters], [[], [{ piece: 0, delayMs: 500 }]]);
});

test("what was taken back while its page was loading is not sent, and who left meanwhile is sent nothing", async () => {
  const { origin, link } = setUp();
  const [one, two] = [link(1), link(2)];
  origin.onWant(1, [0, 1]);
  origin.onSkip(1, [0]);
  origin.onWant(2, [2]);
  const again = link(2);
  await settle();
  assert.deepEqual(
    [one, two, again].map(({ pieces }) => pieces.map(({ piece }) => piece)),
    [[1], [], []],
  );
});

test("one peer causes four loads at once at most, all together sixteen, and a flood of WANTs is a fault", async () => {
  const { origin, link, loads, faults, clock } = setUp();
  const links = [1, 2, 3, 4, 5].map(link);
  for (const peer of [1, 2, 3, 4, 5]) {
    origin.onWant(
      peer,
      Array.from({ length: 8 }, (_, at) => PAGE_PIECES * (100 * peer + at)),
    );
  }
  assert.equal(loads.length, 16);
  assert.equal(links[0]?.laters.length, 4);
  await settle();
  for (let page = 1_000; page < 2_000; page += 1) {
    origin.onWant(1, [PAGE_PIECES * page]);
    await settle();
  }
  assert.equal(loads.length, 16 + 48 - 4, "and so many in one go");
  assert.ok(faults.length >= 400 && faults.every((fault) => fault === "flood"));
  assert.equal(clock.pending(), 0);
});

test("whatever strangers say, in any order, nothing throws, and nobody is sent what the page does not hold", async () => {
  const peer = fc.integer({ min: 0, max: 3 });
  const piece = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 0xffff_ffff }));
  const move = fc.oneof(
    fc.tuple(fc.constant("link" as const), peer),
    fc.tuple(fc.constant("unlink" as const), peer),
    fc.tuple(fc.constant("want" as const), peer, fc.array(piece, { maxLength: 40 })),
    fc.tuple(fc.constant("skip" as const), peer, fc.array(piece, { maxLength: 40 })),
    fc.tuple(fc.constant("pass" as const), fc.integer({ min: 0, max: 3_000 })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 30 }), async (moves) => {
      const { origin, clock } = setUp(3);
      for (const m of moves) {
        if (m[0] === "link") {
          const link = new StubLink(m[1]);
          link.sendPiece = (sent, bytes) => assert.equal(bytes[0], Math.floor(sent / PAGE_PIECES));
          origin.addLink(link);
        } else if (m[0] === "unlink") origin.removeLink(m[1]);
        else if (m[0] === "want") origin.onWant(m[1], m[2]);
        else if (m[0] === "skip") origin.onSkip(m[1], m[2]);
        else clock.advance(m[1]);
        await settle();
      }
      origin.close();
    }),
    { numRuns: 100 },
  );
});
