// Two viewers over one link, from ticket to verified piece; and a hostile one at the other end of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeSwarmFrame } from "../../protocol/swarm-frame.ts";
import { TestClock } from "../../testing/clock.ts";
import { linkPair } from "../../testing/link-pair.ts";
import { OriginSigner } from "../../testing/origin-signer.ts";
import { RecordingMember } from "../../testing/recording-member.ts";
import { JoinedSwarm } from "./joined-swarm.ts";
import { LinkSwarms, type LinkSwarmsFault } from "./link-swarms.ts";
import { SwarmGate } from "./swarm-gate.ts";
import { SwarmIntake } from "./swarm-intake.ts";

const EXPIRES_MS = 60_000;

/** One viewer with the swarms of its one link; the origin's clock is the test's. */
function viewer(clock: TestClock, origin: OriginSigner, self: number, peer: number) {
  const member = new RecordingMember();
  const faults: LinkSwarmsFault[] = [];
  const corrupt: number[] = [];
  const gate = new SwarmGate({ clock, peer, verify: origin.verify, originMs: () => clock.nowMs() });
  const swarms = new LinkSwarms({ clock, peer, gate, onFault: (fault) => faults.push(fault) });
  const intake = new SwarmIntake({
    swarm: 7,
    member,
    verify: origin.verify,
    digest: origin.digest,
    onOriginTime: () => {},
    onCorrupt: (_peer, piece) => corrupt.push(piece),
  });
  const ticket = origin.ticket({ swarm: 7, peer: self, expiresMs: EXPIRES_MS });
  const joined = new JoinedSwarm({ swarm: 7, member, intake, ticket });
  return { member, faults, corrupt, swarms, joined };
}

function twoViewers() {
  const clock = new TestClock();
  const origin = new OriginSigner();
  const one = viewer(clock, origin, 1, 2);
  const two = viewer(clock, origin, 2, 1);
  const pair = linkPair(clock, { inbox: one.swarms, peer: 2 }, { inbox: two.swarms, peer: 1 });
  one.swarms.carriedBy(pair.left);
  two.swarms.carriedBy(pair.right);
  /** Lets messages travel and checks end. */
  const settle = async (ms = 100): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(10);
      await new Promise(setImmediate);
    }
  };
  const both = async (): Promise<void> => {
    one.swarms.join(one.joined);
    two.swarms.join(two.joined);
    await settle();
  };
  /** What a hostile viewer 1 sends. */
  const say = (frame: Parameters<typeof encodeSwarmFrame>[0]): boolean =>
    pair.channels.left.send(encodeSwarmFrame(frame));
  return { clock, origin, one, two, settle, both, say, ...pair };
}

const PIECES = [new Uint8Array(20_000).fill(1), new Uint8Array(20_000).fill(2), new Uint8Array(300).fill(3)] as const;

test("two viewers of a swarm show their tickets and pass on a manifest and its pieces", async () => {
  const { origin, one, two, both, settle, faults } = twoViewers();
  await both();
  const link = one.member.links.get(2);
  link?.sendManifest(origin.manifest(PIECES, { swarm: 7, firstPiece: 0 }));
  for (const [piece, bytes] of PIECES.entries()) link?.sendPiece(piece, bytes, piece === 2);
  await settle(1_000);
  assert.deepEqual(
    PIECES.map((_, piece) => two.member.held.get(piece)),
    PIECES,
  );
  assert.deepEqual([faults, one.faults, two.faults], [[], [], []]);
});

test("what is sent right behind ticket and manifest is not lost while these are being checked", async () => {
  const { origin, one, two, left, settle, faults } = twoViewers();
  two.swarms.join(two.joined);
  one.swarms.join(one.joined);
  const link = left.swarm(7);
  link.sendManifest(origin.manifest(PIECES, { swarm: 7, firstPiece: 0 }));
  link.sendPiece(0, PIECES[0], false);
  link.sendWant([9]);
  await settle();
  assert.deepEqual(two.member.events, ["link 1", "manifest 0 from 1", "want 9 from 1", "piece 0 from 1"]);
  assert.deepEqual([faults, two.faults], [[], []]);
});

test("a peer without a ticket gets no link, and nothing it says is heard", async () => {
  const { two, say, settle, origin } = twoViewers();
  two.swarms.join(two.joined);
  await settle();
  say({ type: "want", swarm: 7, pieces: [1] });
  say({ type: "have", swarm: 7, base: 0, bitmap: new Uint8Array(1) });
  say({ type: "skip", swarm: 7, pieces: [1] });
  say({ type: "later", swarm: 7, piece: 1, delayMs: 1 });
  say({ type: "manifest", manifest: origin.manifest(PIECES, { swarm: 7, firstPiece: 0 }) });
  say({ type: "piece", swarm: 7, piece: 0, offset: 0, payload: PIECES[0] });
  await settle();
  assert.deepEqual(two.member.events, []);
  assert.deepEqual(two.faults, Array(5).fill("uninvited"));
});

test("another peer's ticket, replayed, opens nothing", async () => {
  const { two, say, settle, origin } = twoViewers();
  two.swarms.join(two.joined);
  say({ type: "ticket", ticket: origin.ticket({ swarm: 7, peer: 3, expiresMs: EXPIRES_MS }) });
  say({ type: "want", swarm: 7, pieces: [1] });
  await settle();
  assert.deepEqual([two.member.events, two.faults], [[], ["ticket-stranger", "uninvited"]]);
});

test("a wrong piece never reaches the member, is reported, and ends the link", async () => {
  const { two, both, say, settle, origin, left } = twoViewers();
  await both();
  say({ type: "manifest", manifest: origin.manifest(PIECES, { swarm: 7, firstPiece: 0 }) });
  say({ type: "piece", swarm: 7, piece: 0, offset: 0, payload: PIECES[1] });
  await settle();
  assert.deepEqual([two.corrupt, two.faults, two.member.held.size], [[0], ["piece-bad"], 0]);
  assert.deepEqual(two.member.events.at(-1), "unlink 1");
  assert.equal(left.push(1, { read: () => "end", onReadable: () => {}, cancel: () => {} }, 0, 0, 0), false);
});

test("a manifest the origin never signed ends the link", async () => {
  const { two, both, say, settle } = twoViewers();
  await both();
  say({ type: "manifest", manifest: new OriginSigner().manifest(PIECES, { swarm: 7, firstPiece: 0 }) });
  await settle();
  assert.deepEqual([two.faults, two.member.events], [["manifest-bad"], ["link 1", "unlink 1"]]);
});

test("once a ticket has ended its peer is sent nothing and heard no more, unless it shows a newer one", async () => {
  for (const renewed of [false, true]) {
    const { clock, one, two, both, settle, origin } = twoViewers();
    await both();
    if (renewed) {
      one.joined.ticket = origin.ticket({ swarm: 7, peer: 1, expiresMs: 2 * EXPIRES_MS });
      one.swarms.renew(7);
      await settle();
    }
    clock.advance(EXPIRES_MS);
    assert.deepEqual(two.member.events, renewed ? ["link 1"] : ["link 1", "unlink 1"]);
    assert.deepEqual(one.member.events, ["link 2", "unlink 2"]);
  }
});

test("who leaves a swarm is heard no more in it, and may come back", async () => {
  const { one, two, both, settle } = twoViewers();
  await both();
  two.swarms.leave(7);
  one.member.links.get(2)?.sendWant([1]);
  await settle();
  assert.deepEqual(two.member.events, ["link 1", "unlink 1"]);
  two.swarms.join(two.joined);
  one.member.links.get(2)?.sendWant([2]);
  await settle();
  assert.deepEqual(two.member.events.slice(2), ["link 1", "want 2 from 1"]);
});

test("what a parent sends until it knows that we have left is no fault of its; afterwards it is", async () => {
  const { one, two, both, settle, origin, clock, faults } = twoViewers();
  await both();
  const link = one.member.links.get(2);
  link?.sendManifest(origin.manifest(PIECES, { swarm: 7, firstPiece: 0 }));
  await settle();
  two.swarms.leave(7);
  link?.sendPiece(0, PIECES[0], false);
  link?.sendWant([1]);
  await settle();
  assert.deepEqual([faults, two.faults], [[], []]);
  clock.advance(10_000);
  link?.sendPiece(1, PIECES[1], false);
  await settle();
  assert.ok(faults.length > 0);
  assert.equal(two.member.held.size, 0);
});

test("a newer link to the same peer takes the place of the older, whose end takes nothing away", async () => {
  const { clock, origin, two, both, settle, right } = twoViewers();
  await both();
  const newer = viewer(clock, origin, 2, 1);
  const again = viewer(clock, origin, 1, 2);
  const pair = linkPair(clock, { inbox: again.swarms, peer: 2 }, { inbox: newer.swarms, peer: 1 });
  again.swarms.carriedBy(pair.left);
  newer.swarms.carriedBy(pair.right);
  again.swarms.join(again.joined);
  newer.swarms.join(two.joined);
  await settle();
  right.hangUp();
  await settle();
  assert.deepEqual(two.member.events, ["link 1", "link 1"]);
  two.member.links.get(1)?.sendWant([3]);
  await settle();
  assert.deepEqual(again.member.events.at(-1), "want 3 from 2");
});

test("garbage from a ticket's holder never throws and never becomes a piece", async () => {
  const start = fc.constantFrom([9], [10, 0, 0, 0, 7], ...[11, 12, 13, 14, 15].map((code) => [code, 0, 0, 0, 7]));
  const message = fc.tuple(start, fc.uint8Array({ maxLength: 90 })).map(([head, rest]) => [...head, ...rest]);
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 30 }), async (messages) => {
      const { two, both, settle, channels, origin, say } = twoViewers();
      await both();
      say({ type: "manifest", manifest: origin.manifest(PIECES, { swarm: 7, firstPiece: 0 }) });
      for (const bytes of messages) channels.left.send(Uint8Array.from(bytes));
      await settle();
      assert.equal(two.member.held.size, 0);
    }),
    { numRuns: 40 },
  );
});
