import assert from "node:assert/strict";
import { test } from "node:test";
import { StubSwarm, stubPart } from "../../testing/swarm-stub.ts";

test("a piece of an orphaned stripe is asked for at once, one of a fed stripe only when it is late", () => {
  const s = new StubSwarm();
  s.link(1);
  const friend = s.link(2);
  s.member.assign(stubPart([[0, 1]]));
  s.manifest(0, 1);
  s.have(2, 0, 1);
  s.clock.advance(200);
  assert.deepEqual(friend.wants, [1]);
  s.piece(1, 2);
  s.clock.advance(400);
  assert.deepEqual(friend.wants, [1], "not late yet");
  s.clock.advance(200);
  assert.deepEqual(friend.wants, [1, 0]);
});

test("a late piece is waited for where the own parent has it and sends, but a frozen parent costs a second at most", () => {
  const s = new StubSwarm();
  s.link(1);
  const friend = s.link(2);
  s.member.assign(
    stubPart([
      [0, 1],
      [1, 1],
    ]),
  );
  s.manifest(0, 1);
  s.have(1, 0, 1, 2, 3);
  s.have(2, 0, 1, 2, 3);
  s.clock.advance(500);
  s.piece(0, 1);
  s.clock.advance(500);
  assert.deepEqual(friend.wants, [], "its parent sends");
  s.clock.advance(700);
  assert.deepEqual(friend.wants.sort(), [1, 2, 3], "its parent sends no longer");
});

test("a piece the player waits for is asked for at once, of the origin only if no viewer has it", () => {
  const s = new StubSwarm();
  const origin = s.link(0);
  s.member.assign(
    stubPart([
      [0, 2],
      [1, 2],
    ]),
  );
  s.clock.advance(1_000);
  const friend = s.link(2);
  s.manifest(0, 2);
  s.have(2, 1);
  s.member.need(1, s.clock.nowMs() + 500);
  s.clock.advance(0);
  assert.deepEqual([origin.wants, friend.wants], [[2, 3], [1]], "0 is before what the player waits for");
});

test("a newcomer does not ask the origin before its links to viewers can be there", () => {
  const s = new StubSwarm();
  const origin = s.link(0);
  s.manifest(0);
  s.member.need(0, s.clock.nowMs());
  s.clock.advance(999);
  assert.equal(origin.wants.length, 0);
  s.clock.advance(1);
  assert.deepEqual(origin.wants, [0, 1, 2, 3]);
});

test("the origin is not asked for what is not urgent, unless it is the parent of that stripe", () => {
  const s = new StubSwarm();
  const origin = s.link(0);
  s.member.assign(stubPart([[0, 0]]));
  s.manifest(0);
  s.clock.advance(2_000);
  assert.deepEqual([...new Set(origin.wants)], [0, 2]);
});

test("of those that have the piece the one asked for least is asked", () => {
  const s = new StubSwarm();
  const [a, b] = [s.link(1), s.link(2)];
  s.manifest(0);
  s.have(1, 0, 1, 2, 3);
  s.have(2, 0, 1, 2, 3);
  s.clock.advance(200);
  assert.deepEqual([a.wants.length, b.wants.length], [2, 2]);
});

test("who does not answer for 0.6 s is passed over, and then left alone for a while", () => {
  const s = new StubSwarm();
  const silent = s.link(1);
  s.manifest(0);
  s.have(1, 0);
  s.clock.advance(0);
  const friend = s.link(2);
  s.have(2, 0);
  s.clock.advance(599);
  assert.deepEqual([silent.wants, friend.wants], [[0], []]);
  s.clock.advance(1);
  assert.deepEqual([silent.wants, friend.wants], [[0], [0]]);
  s.piece(0, 2);
  s.have(1, 2);
  s.clock.advance(400);
  assert.deepEqual(silent.wants, [0], "not asked for another piece now");
  s.clock.advance(200);
  assert.deepEqual(silent.wants, [0, 2]);
});

test("a piece that is coming in is not asked for elsewhere", () => {
  const s = new StubSwarm();
  s.link(1);
  const friend = s.link(2);
  s.member.assign(
    stubPart([
      [0, 1],
      [1, 1],
    ]),
  );
  s.manifest(0, 1);
  s.have(2, 0);
  for (let at = 0; at < 6; at += 1) {
    s.clock.advance(200);
    s.member.onProgress(1, 0);
  }
  assert.equal(friend.wants.length, 0);
  for (let at = 0; at < 6; at += 1) {
    s.clock.advance(200);
    s.member.onProgress(1, 0);
  }
  assert.equal(friend.wants.includes(0), true, "but not for ever: this one dribbles");
});

test("LATER sends the ask elsewhere at once, and its sender is not asked again before its time", () => {
  const s = new StubSwarm();
  const busy = s.link(1);
  s.manifest(0);
  s.have(1, 0);
  s.clock.advance(200);
  const friend = s.link(2);
  s.have(2, 0);
  s.member.onLater(2, 0, 1_000);
  s.member.onLater(1, 0, 1_000);
  s.clock.advance(0);
  assert.deepEqual([busy.wants, friend.wants], [[0], [0]]);
  s.member.onLater(2, 0, 5_000);
  s.clock.advance(600);
  assert.deepEqual(busy.wants, [0]);
  s.clock.advance(600);
  assert.deepEqual(busy.wants, [0, 0]);
});

test("a link that ends sends its asks elsewhere at once", () => {
  const s = new StubSwarm();
  s.link(1);
  s.manifest(0);
  s.have(1, 0);
  s.clock.advance(200);
  const friend = s.link(2);
  s.have(2, 0);
  s.member.removeLink(1);
  s.clock.advance(0);
  assert.deepEqual(friend.wants, [0]);
});

test("a newcomer wants the newest segment and what comes after it; an older one only when the player asks for it", () => {
  const s = new StubSwarm();
  const friend = s.link(1);
  for (const segment of [3, 2, 1]) s.manifest(segment, 1);
  s.have(1, 4, 8, 12);
  s.clock.advance(200);
  assert.deepEqual(friend.wants, [12]);
  s.member.need(8, s.clock.nowMs() + 5_000);
  s.clock.advance(0);
  assert.deepEqual(friend.wants, [12, 8]);
});

test("segments from before we came are asked for at once, one after the other", () => {
  const s = new StubSwarm();
  const parent = s.link(1);
  s.member.assign(
    stubPart([
      [0, 1],
      [1, 1],
    ]),
  );
  for (const segment of [3, 2, 1]) s.manifest(segment, 1);
  s.have(1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  s.member.need(4, s.clock.nowMs());
  s.clock.advance(0);
  assert.deepEqual(parent.wants, [4, 5, 6, 7]);
  for (const piece of [4, 5, 6, 7]) s.piece(piece, 1);
  s.clock.advance(200);
  assert.deepEqual(parent.wants.slice(4), [8, 9, 10, 11], "the newest one is pushed");
});
