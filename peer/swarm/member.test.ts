import assert from "node:assert/strict";
import { test } from "node:test";
import { named, STUB_PIECE_BYTES, StubSwarm, stubPart } from "../../testing/swarm-stub.ts";

test("a piece is pushed on arrival to the children of its stripe, in the planner's order, and to nobody else", () => {
  const s = new StubSwarm();
  const order: number[] = [];
  const links = [1, 2, 3, 4].map((peer) => s.link(peer));
  for (const link of links) link.sendPiece = () => order.push(link.peer);
  s.member.assign(
    stubPart(
      [[0, 1]],
      [
        [0, 3],
        [0, 2],
        [1, 4],
      ],
    ),
  );
  s.manifest(0);
  s.piece(0, 1);
  assert.deepEqual(order, [3, 2]);
});

test("a child that has the piece is not sent it, whether its HAVE said so or its SKIP", () => {
  const s = new StubSwarm();
  const [haver, skipper] = [s.link(2), s.link(3)];
  s.member.assign(
    stubPart(
      [[0, 1]],
      [
        [0, 2],
        [0, 3],
      ],
    ),
  );
  s.manifest(0);
  s.have(2, 0);
  s.member.onSkip(3, [0]);
  s.piece(0, 1);
  assert.deepEqual([haver.pieces, skipper.pieces], [[], []]);
  assert.deepEqual(skipper.dropped, [0], "what waits for it already is taken back");
});

test("a manifest goes once to every child, not back, and a link that comes later is told the newest first", () => {
  const s = new StubSwarm();
  const [parent, child, other] = [s.link(1), s.link(2), s.link(3)];
  s.member.assign(
    stubPart(
      [[0, 1]],
      [
        [0, 1],
        [1, 2],
      ],
    ),
  );
  s.manifest(0, 1);
  s.manifest(0, 2);
  assert.deepEqual([parent.manifests.length, child.manifests.length, other.manifests.length], [0, 1, 0]);
  s.manifest(1, 1);
  const late = s.link(4);
  assert.deepEqual(
    late.manifests.map(([segment]) => segment),
    [1, 0],
  );
  s.member.assign(
    stubPart(
      [[0, 1]],
      [
        [0, 3],
        [1, 2],
      ],
    ),
  );
  assert.equal(other.manifests.length, 2, "a link that becomes a child's is told too");
  assert.equal(child.manifests.length, 2, "and nobody twice");
});

test("HAVE tells a new link at once, the others every 200 ms while something changes, and the origin never", () => {
  const s = new StubSwarm();
  const [origin, friend] = [s.link(0), s.link(1)];
  s.manifest(0);
  s.piece(1);
  s.piece(2);
  assert.equal(friend.haves.length, 0);
  s.clock.advance(200);
  s.clock.advance(1_000);
  assert.equal(friend.haves.length, 1);
  assert.deepEqual(friend.haves.map(named), [[1, 2]]);
  assert.equal(s.link(2).haves.length, 1);
  assert.equal(origin.haves.length, 0);
});

test("the origin's member announces nothing: everybody knows that it has everything", () => {
  const s = new StubSwarm({ self: 0 });
  const viewer = s.link(1);
  s.manifest(0);
  s.piece(0);
  s.clock.advance(400);
  assert.equal(viewer.haves.length, 0);
});

test("a parent missed what it held, or was silent over; one that never had the piece and sends others did not", () => {
  const s = new StubSwarm();
  for (const peer of [1, 2, 3, 4]) s.link(peer);
  s.member.assign(
    stubPart([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 3],
    ]),
  );
  s.manifest(0, 1);
  s.have(1, 0);
  s.clock.advance(1_500);
  s.piece(1, 3);
  s.piece(2, 1);
  s.piece(0, 4);
  const missed = new Map(s.member.takeTally().map((tally) => [tally.peer, tally.missed]));
  assert.deepEqual(
    [1, 2, 3, 4].map((peer) => missed.get(peer)),
    [1, 2, 0, 0],
  );
});

test("a piece had elsewhere is spared its parent, and everybody else who was asked", () => {
  const s = new StubSwarm();
  const [parent, asked, bringer] = [s.link(1), s.link(2), s.link(3)];
  s.member.assign(stubPart([[0, 1]]));
  s.manifest(0, 1);
  s.have(2, 0);
  s.clock.advance(900);
  assert.deepEqual(asked.wants, [0]);
  s.piece(0, 3);
  assert.deepEqual([parent.skips, asked.skips, bringer.skips], [[0], [0], []]);
});

test("WANT is answered at once and urgently, LATER beyond a queue of 0.4 s or for what is not here", () => {
  const s = new StubSwarm();
  const friend = s.link(1);
  s.manifest(0);
  s.piece(0);
  s.member.onWant(1, [0, 1]);
  assert.deepEqual(friend.pieces, [{ piece: 0, urgent: true }]);
  assert.deepEqual(friend.dropped, [0], "a push of it that waits becomes the answer");
  assert.deepEqual(
    friend.laters.map(({ piece }) => piece),
    [1],
  );
  friend.queue = 700;
  s.member.onWant(1, [0]);
  assert.deepEqual([friend.pieces.length, friend.laters[1]], [1, { piece: 0, delayMs: 500 }]);
});

test("old segments are dropped by age, HAVE says so, and an old manifest brings nothing back", () => {
  const s = new StubSwarm({ keepMs: 5_000 });
  const friend = s.link(1);
  s.manifest(0);
  s.piece(0);
  s.clock.advance(4_000);
  s.manifest(1);
  s.piece(4);
  s.clock.advance(1_600);
  assert.equal(s.member.piece(0), undefined);
  const last = friend.haves.at(-1);
  assert.deepEqual(last && named(last), [4]);
  s.manifest(0);
  s.piece(0);
  assert.equal(s.member.piece(0), undefined);
  s.clock.advance(10_000);
  assert.equal(s.clock.pending(), 0, "and a stream that ended leaves no timer");
});

test("whatever comes, no more bytes are kept than allowed", () => {
  const s = new StubSwarm({ keepBytes: 6 * STUB_PIECE_BYTES });
  s.link(1);
  for (const segment of [0, 1, 2]) {
    s.manifest(segment, 1);
    for (let piece = 4 * segment; piece < 4 * segment + 4; piece += 1) s.piece(piece, 1);
  }
  const here = Array.from({ length: 12 }, (_, piece) => piece).filter((piece) => s.member.piece(piece) !== undefined);
  assert.deepEqual(here, [8, 9, 10, 11]);
});

test("a piece is expected of a parent of its stripe, of one that was asked, of a parent of a moment ago; never when held", () => {
  const s = new StubSwarm();
  for (const peer of [1, 2, 3]) s.link(peer);
  s.member.assign(stubPart([[0, 1]]));
  s.manifest(0, 1);
  s.have(2, 1);
  s.clock.advance(200);
  const expected = (piece: number) => [1, 2, 3].filter((peer) => s.member.expects(peer, piece));
  assert.deepEqual([expected(0), expected(1), expected(99)], [[1], [2], []]);
  s.member.assign(stubPart([[0, 3]]));
  assert.deepEqual(expected(0), [1, 3]);
  s.clock.advance(6_000);
  assert.deepEqual(expected(0), [3]);
  s.piece(0, 3);
  assert.deepEqual(expected(0), []);
});

test("an uplink is told from pieces that came while the sender was known to have more, not from its pauses", () => {
  const s = new StubSwarm();
  s.link(1);
  s.member.assign(
    stubPart([
      [0, 1],
      [1, 1],
    ]),
  );
  s.manifest(0, 1);
  s.have(1, 0, 1, 2);
  s.piece(0, 1);
  s.clock.advance(100);
  s.piece(1, 1);
  s.clock.advance(100);
  s.piece(2, 1);
  s.clock.advance(900);
  s.piece(3, 1);
  const [tally] = s.member.takeTally();
  assert.deepEqual(tally, {
    peer: 1,
    bytes: 4 * STUB_PIECE_BYTES,
    busyBytes: 2 * STUB_PIECE_BYTES,
    busyMs: 200,
    missed: 0,
  });
  assert.deepEqual(s.member.takeTally(), [], "what was told is not told again");
});

test("a piece that was had elsewhere meanwhile says nothing of the sender's uplink, nor does one asked for a moment ago", () => {
  const s = new StubSwarm();
  s.link(1);
  s.link(2);
  s.member.assign(
    stubPart([
      [0, 1],
      [1, 1],
    ]),
  );
  s.manifest(0, 1);
  s.have(1, 0, 1);
  s.piece(0, 1);
  s.piece(1, 2);
  s.clock.advance(5_000);
  s.piece(2, 1);
  const tally = s.member.takeTally().find(({ peer }) => peer === 1);
  assert.deepEqual([tally?.bytes, tally?.busyBytes, tally?.busyMs], [2 * STUB_PIECE_BYTES, 0, 0]);
});

test("a closed member is silent", () => {
  const s = new StubSwarm();
  const friend = s.link(1);
  s.manifest(0);
  s.member.close();
  s.piece(0, 1);
  s.have(1, 0);
  s.member.need(0, 0);
  s.clock.advance(5_000);
  assert.deepEqual([s.clock.pending(), friend.wants, friend.haves], [0, [], []]);
});

test("who may not upload announces nothing and puts every WANT off", () => {
  let uploads = true;
  const s = new StubSwarm({ uploads: () => uploads });
  s.manifest(0);
  s.piece(0);
  uploads = false;
  const friend = s.link(1);
  s.clock.advance(200);
  s.member.onWant(1, [0]);
  assert.deepEqual([friend.haves, friend.pieces], [[], []]);
  assert.deepEqual(
    friend.laters.map(({ piece }) => piece),
    [0],
  );
});

test("what the origin pushes is urgent: repairs do not hold up what everybody waits for", () => {
  const s = new StubSwarm({ self: 0 });
  const child = s.link(1);
  s.member.assign(stubPart([], [[0, 1]]));
  s.manifest(0);
  s.piece(0);
  assert.deepEqual(child.pieces, [{ piece: 0, urgent: true }]);
});

test("a piece that would wait too long to be of use is not pushed", () => {
  const s = new StubSwarm();
  const child = s.link(1);
  s.member.assign(stubPart([], [[0, 1]]));
  s.manifest(0);
  child.queue = 4_001;
  s.piece(0);
  child.queue = 4_000;
  s.piece(2);
  assert.deepEqual(child.pieces, [{ piece: 2, urgent: false }]);
});
