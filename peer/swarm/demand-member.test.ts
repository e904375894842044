import assert from "node:assert/strict";
import { test } from "node:test";
import { DEMAND_PIECE_BYTES, StubDemand, stubPage, stubPieceBytes } from "../../testing/demand-stub.ts";
import { MemoryPieceStore } from "../../testing/memory-piece-store.ts";
import { named } from "../../testing/swarm-stub.ts";

test("WANT is answered by the page's manifest, once for each link, and the piece; what is not here, or would wait, is put off", () => {
  const s = new StubDemand();
  const friend = s.link(1);
  s.page(0);
  s.piece(0);
  s.piece(1);
  s.member.onWant(1, [0, 1, 2]);
  assert.deepEqual(friend.manifests, [Uint8Array.of(0)]);
  assert.deepEqual(friend.pieces, [
    { piece: 0, urgent: true },
    { piece: 1, urgent: true },
  ]);
  friend.queue = 700;
  s.member.onWant(1, [0]);
  assert.deepEqual(friend.laters, [
    { piece: 2, delayMs: 1_000 },
    { piece: 0, delayMs: 500 },
  ]);
});

test("who sent a page's manifest is not sent it back", () => {
  const s = new StubDemand();
  const friend = s.link(1);
  s.page(0, 1);
  s.piece(0);
  s.member.onWant(1, [0]);
  assert.deepEqual([friend.manifests, friend.pieces.length], [[], 1]);
});

test("HAVE tells a new link everything, the others every 200 ms what has changed, by chunks of 512, and the origin nothing", () => {
  const s = new StubDemand();
  const [origin, friend] = [s.link(0), s.link(1)];
  for (const page of [0, 200]) s.page(page);
  s.piece(1);
  s.clock.advance(200);
  s.piece(801);
  s.clock.advance(200);
  s.clock.advance(1_000);
  assert.deepEqual(friend.haves.map(named), [[1], [801]]);
  const late = s.link(2);
  assert.deepEqual(late.haves.map(named), [[1], [801]]);
  assert.ok([...friend.haves, ...late.haves].every(({ base, bitmap }) => base % 512 === 0 && bitmap.length <= 64));
  assert.deepEqual(origin.haves, []);
});

test("who may not upload announces nothing and puts every WANT off; when it may again it says everything", () => {
  let uploads = false;
  const s = new StubDemand({ uploads: () => uploads });
  const friend = s.link(1);
  s.page(0);
  s.piece(0);
  s.member.onWant(1, [0]);
  s.clock.advance(400);
  assert.deepEqual([friend.haves, friend.pieces, friend.laters.length], [[], [], 1]);
  uploads = true;
  s.clock.advance(400);
  assert.deepEqual(friend.haves.map(named), [[0]]);
});

test("who may send nothing for now puts a WANT off by a few seconds, for it may send again soon", () => {
  const s = new StubDemand();
  const friend = s.link(1);
  s.page(0);
  s.piece(0);
  friend.queue = Number.POSITIVE_INFINITY;
  s.member.onWant(1, [0]);
  assert.deepEqual([friend.pieces, friend.laters], [[], [{ piece: 0, delayMs: 4_000 }]]);
});

test("a piece is expected of whom it was asked, and of nobody else; one that comes twice is no fault of anybody's", async () => {
  const s = new StubDemand({ totalPieces: 256 });
  s.link(0);
  s.link(1);
  s.page(0);
  s.have(1, 0);
  s.member.read({}, 0, 1);
  await s.settle();
  const expected = () => [0, 1].map((peer) => s.member.expects(peer, 0));
  assert.deepEqual(expected(), [false, true]);
  s.clock.advance(800);
  assert.deepEqual(expected(), [true, true], "it was late, and may still come from whom it was asked first");
  s.piece(0, 0);
  assert.deepEqual(expected(), [false, true]);
  s.member.onProgress(1, 0);
  assert.deepEqual(expected(), [false, false], "a second copy begins to come: no third one is expected");
});

test("what an earlier visit left is served once its manifest is known and its hash is right, and dropped if that is wrong", async () => {
  const store = new MemoryPieceStore();
  store.put(0, stubPieceBytes(0));
  store.put(1, stubPieceBytes(9));
  store.put(4, stubPieceBytes(4));
  const s = new StubDemand({}, store);
  const friend = s.link(1);
  s.member.onWant(1, [0]);
  s.page(0, 5);
  assert.equal(s.member.piece(0), undefined, "not yet looked at");
  assert.deepEqual(friend.pieces, []);
  await s.settle();
  assert.deepEqual([s.member.piece(0)?.[0], s.member.piece(1), store.has(1)], [0, undefined, false]);
  assert.deepEqual([s.held, s.member.piece(4)], [[0], undefined], "page 1 is not known");
  s.clock.advance(200);
  assert.deepEqual(friend.haves.map(named), [[0]]);
  assert.equal(store.signed.size, 0, "its manifest is in the store already");
});

test("what is being looked at is not asked for, and asked for once it was found wrong", async () => {
  const store = new MemoryPieceStore();
  store.put(1, stubPieceBytes(9));
  const s = new StubDemand({}, store);
  const origin = s.link(0);
  s.member.read({}, 0, 2);
  s.page(0, 5);
  s.clock.advance(0);
  assert.deepEqual(origin.wants.includes(1), false);
  await s.settle();
  assert.deepEqual(origin.wants.includes(1), true);
});

test("a piece that can be read no more, or came back from the disk too short, is neither sent nor announced", () => {
  const s = new StubDemand();
  const friend = s.link(1);
  s.page(0);
  s.piece(0);
  s.piece(1);
  s.store.held.delete(0);
  s.store.held.set(1, new Uint8Array(5));
  s.member.onWant(1, [0, 1]);
  assert.deepEqual([friend.pieces, friend.laters.length], [[], 2]);
  s.clock.advance(200);
  assert.deepEqual(friend.haves.map(named), [[]]);
});

test("manifests that came are kept for another visit", () => {
  const s = new StubDemand();
  s.link(1);
  s.page(3, 1);
  s.page(3, 1);
  assert.deepEqual([...s.store.signed], [[3, Uint8Array.of(3)]]);
});

test("a full store drops what most others hold, and nothing that a reader is about to read", async () => {
  const store = new MemoryPieceStore(32 * DEMAND_PIECE_BYTES);
  const s = new StubDemand({}, store);
  s.link(1);
  s.link(2);
  for (let page = 0; page < 16; page += 1) s.page(page);
  s.have(1, 3, 4, 30);
  s.have(2, 4, 30);
  s.member.read({}, 24, 25);
  for (let piece = 0; piece < 32; piece += 1) s.piece(piece);
  s.piece(40);
  const isHere = (piece: number) => s.member.piece(piece) !== undefined;
  // Somewhat more is dropped than must be.
  assert.deepEqual([0, 1, 2, 3, 4, 5, 30, 40].filter(isHere), [0, 1, 2, 5, 30, 40]);
  for (let piece = 42; piece < 62; piece += 1) s.piece(piece);
  for (let piece = 24; piece < 32; piece += 1) assert.ok(isHere(piece), `${piece} is near`);
  assert.ok(store.heldBytes <= store.capacityBytes);
});

test("where nothing can be stored a reader is served from memory, some megabytes and not more", () => {
  const s = new StubDemand();
  const friend = s.link(1);
  s.store.broken = true;
  s.page(0);
  for (let page = 0; page < 8; page += 1) s.page(page);
  for (let piece = 0; piece < 20; piece += 1) s.piece(piece);
  const here = Array.from({ length: 20 }, (_, piece) => piece).filter((piece) => s.member.piece(piece) !== undefined);
  assert.deepEqual(
    here,
    Array.from({ length: 16 }, (_, at) => 4 + at),
  );
  s.clock.advance(400);
  assert.deepEqual(friend.haves, [], "it will not stay");
});

test("a manifest of another swarm, or not at its page's place, and a piece of a wrong length or nowhere promised change nothing", () => {
  const s = new StubDemand();
  const { manifest, signed } = stubPage(1);
  s.member.onManifest({ ...manifest, swarm: 8 }, signed, 1);
  s.member.onManifest({ ...manifest, firstPiece: 5 }, signed, 1);
  s.piece(4);
  s.page(0);
  s.member.onPiece(0, new Uint8Array(5), 1);
  s.piece(0);
  assert.deepEqual([s.held, s.store.signed.size], [[0], 1]);
});

test("a closed member is silent", async () => {
  const s = new StubDemand();
  const friend = s.link(1);
  s.page(0);
  s.member.close();
  s.piece(0, 1);
  s.have(1, 1);
  s.member.read({}, 0, 4);
  await s.settle();
  s.clock.advance(5_000);
  assert.deepEqual([s.clock.pending(), friend.wants, friend.haves], [0, [], []]);
});

test("a tally says what came from whom, and who let us down", async () => {
  const s = new StubDemand({ totalPieces: 256 });
  s.link(0);
  s.link(1);
  s.page(0);
  s.have(1, 0);
  s.member.read({}, 0, 1);
  await s.settle();
  s.clock.advance(800);
  s.piece(0, 0);
  const tally = new Map(s.member.takeTally().map(({ peer, bytes, missed }) => [peer, [bytes, missed]]));
  assert.deepEqual(
    [tally.get(0), tally.get(1)],
    [
      [DEMAND_PIECE_BYTES, 0],
      [0, 1],
    ],
  );
});
