import assert from "node:assert/strict";
import { test } from "node:test";
import { DEMAND_PIECE_BYTES, StubDemand } from "../../testing/demand-stub.ts";
import { seededRandom } from "../../testing/random.ts";

const TOTAL = { totalPieces: 256 };

function range(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, at) => from + at);
}

/** Everything the origin is asked for comes at once, until it is asked for nothing new. */
async function serve(s: StubDemand, origin: { readonly wants: number[] }, pages: number): Promise<void> {
  for (let at = 0; at < origin.wants.length; at += 1) {
    const piece = origin.wants[at] ?? 0;
    s.page(Math.floor(piece / 4), 0, pages);
    s.piece(piece, 0);
    await s.settle();
  }
}

test("near a reader pieces are asked for in order, of the viewers that hold them, the others of the origin", async () => {
  const s = new StubDemand(TOTAL);
  const [origin, friend] = [s.link(0), s.link(1)];
  s.have(1, 9, 11);
  s.member.read({}, 8, 12);
  await s.settle();
  assert.deepEqual(friend.wants.slice(0, 2), [9, 11]);
  assert.deepEqual(origin.wants.slice(0, 2), [8, 10]);
});

test("of a page that nobody knows anything of, and not how long the content is, the first piece is asked of the origin, then the others", async () => {
  const s = new StubDemand();
  const origin = s.link(0);
  s.member.read({}, 9, 12);
  await s.settle();
  assert.equal(origin.wants[0], 8);
  assert.ok(!origin.wants.includes(9));
  s.page(2, 0);
  s.piece(8, 0);
  await s.settle();
  assert.ok(origin.wants.includes(9));
});

test("a piece of an unknown page that a neighbour announces is asked of it at once", async () => {
  const s = new StubDemand();
  s.link(0);
  const friend = s.link(1);
  s.have(1, 9);
  s.member.read({}, 9, 10);
  await s.settle();
  assert.ok(friend.wants.includes(9));
});

test("a page that is wanted is asked for by its first piece, without a reader, wherever it is to be had", async () => {
  const s = new StubDemand();
  const [origin, friend] = [s.link(0), s.link(1)];
  s.have(1, 12);
  s.member.wantPage(2);
  s.member.wantPage(3);
  await s.settle();
  assert.deepEqual([origin.wants, friend.wants], [[8], [12]]);
});

test("ahead of a reader the rarest pieces come first, and no neighbour is asked for more than it sends in half a second", async () => {
  const s = new StubDemand(TOTAL);
  const links = [1, 2, 3].map((peer) => s.link(peer));
  const near = range(0, 8);
  for (let page = 0; page < 8; page += 1) s.page(page);
  for (const piece of near) s.piece(piece);
  s.have(1, ...range(8, 30));
  s.have(2, ...range(8, 30));
  s.have(3, 20, 21);
  s.member.read({}, 0, 1);
  await s.settle();
  const asked = links.map(({ wants }) => wants);
  assert.deepEqual(
    asked.map(({ length }) => length * DEMAND_PIECE_BYTES),
    [524_288, 524_288, 524_288],
  );
  assert.ok(!asked.slice(0, 2).flat().includes(20), "the rarest go to who alone has them, or to the least busy");
  const s2 = new StubDemand(TOTAL);
  const [common, rare] = [s2.link(1), s2.link(2)];
  for (let page = 0; page < 8; page += 1) s2.page(page);
  for (const piece of near) s2.piece(piece);
  s2.have(1, ...range(8, 20));
  s2.have(2, ...range(8, 18));
  s2.member.read({}, 0, 1);
  await s2.settle();
  assert.deepEqual(common.wants, [18, 19], "nobody else has them");
  assert.deepEqual(rare.wants, [8, 9]);
});

test("several who start together ask the origin for different pieces ahead of them", async () => {
  const asked = [1, 2].map(async (seed) => {
    const s = new StubDemand({ ...TOTAL, random: seededRandom(seed) });
    const origin = s.link(0);
    s.link(9);
    for (let page = 0; page < 2; page += 1) s.page(page);
    for (const piece of range(0, 8)) s.piece(piece);
    s.member.read({}, 0, 256);
    await s.settle();
    return origin.wants;
  });
  const [one, two] = await Promise.all(asked);
  assert.equal(one?.length, 2);
  assert.notDeepEqual(one, two);
});

test("who is alone with the origin reads ahead in order, 4 MiB far; to 32 MiB for a reader that goes on so far; never beyond the end", async () => {
  const alone = async (endPiece: number, totalPieces: number) => {
    const s = new StubDemand({ totalPieces });
    const origin = s.link(0);
    s.member.read({}, 0, endPiece);
    await s.settle();
    await serve(s, origin, totalPieces / 4);
    return origin.wants;
  };
  assert.deepEqual(await alone(4, 256), range(0, 16));
  assert.deepEqual(await alone(200, 256), range(0, 128));
  assert.deepEqual(await alone(200, 20), range(0, 20));
});

test("what follows a reader that stopped is fetched for ten seconds more, unless somebody reads elsewhere", async () => {
  const reader = {};
  const s = new StubDemand(TOTAL);
  const origin = s.link(0);
  s.member.read(reader, 0, 4);
  s.member.stopReading(reader);
  await s.settle();
  assert.ok(origin.wants.length > 0 && origin.skips.length === 0);
  s.member.read({}, 100, 104);
  await s.settle();
  assert.deepEqual(
    origin.skips,
    origin.wants.filter((piece) => piece < 64),
  );
  assert.ok((origin.wants.at(-1) ?? 0) >= 100);
});

test("ten seconds after the last reader stopped nothing is asked for", async () => {
  const reader = {};
  const s = new StubDemand(TOTAL);
  s.member.read(reader, 0, 4);
  s.member.stopReading(reader);
  s.clock.advance(10_000);
  const origin = s.link(0);
  s.clock.advance(1_000);
  assert.deepEqual(origin.wants, []);
});

test("a piece the origin puts off is asked of the neighbour that announces it meanwhile, or of the origin again", async () => {
  const s = new StubDemand({ totalPieces: 2 });
  const [origin, friend] = [s.link(0), s.link(1)];
  s.member.read({}, 0, 2);
  await s.settle();
  assert.deepEqual(origin.wants, [0, 1]);
  s.member.onLater(0, 0, 600);
  s.member.onLater(0, 1, 600);
  s.clock.advance(300);
  s.have(1, 0);
  s.clock.advance(100);
  assert.deepEqual([origin.wants, friend.wants], [[0, 1], [0]]);
  s.clock.advance(400);
  assert.deepEqual(origin.wants, [0, 1, 1]);
});

test("who has no other neighbour asks the origin again at once: nobody could announce the piece", async () => {
  const s = new StubDemand({ totalPieces: 1 });
  const origin = s.link(0);
  s.member.read({}, 0, 1);
  await s.settle();
  s.member.onLater(0, 0, 600);
  await s.settle();
  assert.deepEqual(origin.wants, [0, 0]);
});

test("a page that cannot be had keeps nobody from asking for others, and is not asked for again before its time", async () => {
  const s = new StubDemand(TOTAL);
  const origin = s.link(0);
  s.link(1);
  s.member.read({}, 0, 4);
  await s.settle();
  for (const piece of [0, 1, 2, 3]) s.member.onLater(0, piece, 60_000);
  const before = origin.wants.length;
  s.clock.advance(2_000);
  const after = origin.wants.slice(before);
  assert.ok(after.length > 0 && after.every((piece) => piece >= 4));
});

test("a page wanted by itself that cannot be had is not asked for again", async () => {
  const s = new StubDemand();
  const origin = s.link(0);
  s.member.wantPage(2);
  await s.settle();
  s.member.onLater(0, 8, 60_000);
  s.clock.advance(70_000);
  assert.deepEqual(origin.wants, [8]);
});

test("near its reader a piece of which nothing came for 600 ms is asked of another, in the end of the origin, and of the first no more", async () => {
  const s = new StubDemand({ totalPieces: 1 });
  const [origin, silent, other] = [s.link(0), s.link(1), s.link(2)];
  s.have(1, 0);
  s.member.read({}, 0, 1);
  await s.settle();
  s.have(2, 0);
  s.clock.advance(599);
  assert.deepEqual([silent.wants, other.wants, origin.wants], [[0], [], []]);
  s.clock.advance(1);
  assert.deepEqual([silent.skips, other.wants, origin.wants], [[0], [0], []]);
  s.clock.advance(600);
  assert.deepEqual([other.skips, origin.wants], [[0], [0]]);
});

test("a piece that is coming in is waited for", async () => {
  const s = new StubDemand({ totalPieces: 1 });
  const origin = s.link(0);
  s.link(1);
  s.have(1, 0);
  s.member.read({}, 0, 1);
  await s.settle();
  for (let turn = 0; turn < 6; turn += 1) {
    s.clock.advance(500);
    s.member.onProgress(1, 0);
  }
  assert.deepEqual(origin.wants, []);
});

test("what a neighbour that vanished was asked for is asked of another at once", async () => {
  const s = new StubDemand({ totalPieces: 1 });
  s.link(1);
  const other = s.link(2);
  s.have(1, 0);
  s.member.read({}, 0, 1);
  await s.settle();
  s.have(2, 0);
  s.member.removeLink(1);
  await s.settle();
  assert.deepEqual(other.wants, [0]);
});

test("a neighbour that puts asks off rests, the longer the more often it does, and what is near goes to the origin meanwhile", async () => {
  const s = new StubDemand({ totalPieces: 1 });
  const [origin, busy] = [s.link(0), s.link(1)];
  s.have(1, 0);
  s.member.read({}, 0, 1);
  await s.settle();
  s.member.onLater(1, 0, 1_000);
  s.clock.advance(399);
  assert.deepEqual([busy.wants, origin.wants], [[0], []]);
  s.clock.advance(300);
  assert.deepEqual([busy.wants, origin.wants], [[0], [0]]);
});
