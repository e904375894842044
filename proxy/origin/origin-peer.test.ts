import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import type { AttemptEvents, RtcHost } from "../../node/rtc.ts";
import type { ChannelEvents } from "../../peer/channel.ts";
import { SessionId } from "../../protocol/ids.ts";
import { MAX_CANDIDATES } from "../../protocol/limits.ts";
import type { ServerSignal } from "../../protocol/signal.ts";
import { TestClock } from "../../testing/clock.ts";
import { BytesBody } from "../../testing/sim-body.ts";
import { createMemoryChannelPair } from "../../testing/sim-channel.ts";
import { createOriginPeer } from "./origin-peer.ts";

const ALICE = v.parse(SessionId, "a".repeat(32));
const BOB = v.parse(SessionId, "b".repeat(32));

/** An engine whose network is the test: it answers every offer but "bad" when the test says so. */
class MemoryHost implements RtcHost {
  readonly kind = "native";
  readonly udpPort = 1;
  readonly attempts: { events: AttemptEvents; candidates: string[]; open: boolean }[] = [];

  get open(): number {
    return this.attempts.filter((attempt) => attempt.open).length;
  }

  accept(offerSdp: string, events: AttemptEvents) {
    const attempt = { events, candidates: [] as string[], open: true };
    this.attempts.push(attempt);
    const close = () => {
      if (!attempt.open) return;
      attempt.open = false;
      queueMicrotask(events.onClose);
    };
    if (offerSdp === "bad") close();
    return {
      addCandidate: (candidate: string) => void attempt.candidates.push(candidate),
      path: () => ({ rttMs: undefined, remoteKind: undefined }),
      close,
    };
  }

  async close(): Promise<void> {}
}

function setup(maxLinks?: number) {
  const rtc = new MemoryHost();
  const clock = new TestClock();
  const faults: string[] = [];
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const limit = maxLinks === undefined ? {} : { maxLinks };
  const peer = createOriginPeer({
    rtc,
    clock,
    log,
    onFault: (fault) => void faults.push(fault),
    onSent() {},
    ...limit,
  });
  const heard: ServerSignal[] = [];
  const send = (message: ServerSignal) => void heard.push(message);
  const offer = (session: SessionId, attempt: number, sdp = "v=0") =>
    peer.signal(session, { type: "offer", attempt, sdp });
  const channelOf = (index: number): ChannelEvents | undefined => {
    const client = { onMessage: () => undefined, onClose: () => undefined };
    return rtc.attempts[index]?.events.onChannel(createMemoryChannelPair(clock, client, client).left);
  };
  return { rtc, clock, faults, peer, heard, send, offer, channelOf };
}

const settled = () => new Promise((done) => setImmediate(done));

test("answers and candidates go to the session that offered, under the attempt's number", () => {
  const { rtc, peer, heard, send, offer } = setup();
  peer.join(ALICE, send);
  offer(ALICE, 7);
  rtc.attempts[0]?.events.onAnswer("v=0 answer");
  rtc.attempts[0]?.events.onCandidate("candidate:1", "0");
  assert.deepEqual(heard, [
    { type: "answer", attempt: 7, sdp: "v=0 answer" },
    { type: "candidate", attempt: 7, candidate: "candidate:1", mid: "0" },
  ]);
});

test("an offer nobody can answer is refused in words", async () => {
  const { peer, heard, send, offer, faults, rtc } = setup();
  peer.join(ALICE, send);
  offer(ALICE, 1, "bad");
  await settled();
  assert.deepEqual(heard, [{ type: "refused", attempt: 1, why: "the offer cannot be answered" }]);
  assert.deepEqual(faults, ["link-bad-offer"]);
  assert.equal(rtc.open, 0);
});

test("a link can be pushed to once its channel is open, and not before", () => {
  const { peer, send, offer, channelOf } = setup();
  peer.join(ALICE, send);
  offer(ALICE, 1);
  assert.equal(peer.has(ALICE), false);
  channelOf(0);
  assert.equal(peer.has(ALICE), true);
  assert.equal(peer.push(ALICE, 1, new BytesBody(new Uint8Array(10)), 0, 10, 10), true);
});

test("a body pushed to nobody is cancelled", () => {
  const { peer } = setup();
  const body = new BytesBody(new Uint8Array(10));
  assert.equal(peer.push(BOB, 1, body, 0, 10, 10), false);
  assert.equal(body.cancelled, true);
});

test("an attempt without a channel after 15 s is ended", async () => {
  const { rtc, clock, peer, heard, send, offer, faults } = setup();
  peer.join(ALICE, send);
  offer(ALICE, 1);
  clock.advance(15_000);
  await settled();
  assert.equal(rtc.open, 0);
  assert.equal(heard[0]?.type, "refused");
  assert.deepEqual(faults, ["link-timeout"]);
});

test("an open link is not ended for its age", async () => {
  const { rtc, clock, peer, send, offer, channelOf } = setup();
  peer.join(ALICE, send);
  offer(ALICE, 1);
  channelOf(0);
  clock.advance(86_400_000);
  await settled();
  assert.equal(rtc.open, 1);
});

test("a session has two links at most: the oldest makes room", async () => {
  const { rtc, peer, send, offer } = setup();
  peer.join(ALICE, send);
  for (const attempt of [1, 2, 3]) offer(ALICE, attempt);
  await settled();
  assert.deepEqual(
    rtc.attempts.map(({ open }) => open),
    [false, true, true],
  );
  assert.equal(peer.links().length, 2);
});

test("a full origin refuses in words, and takes the next when one has left", async () => {
  const { rtc, peer, heard, send, offer, faults } = setup(1);
  peer.join(ALICE, send);
  peer.join(BOB, send);
  offer(ALICE, 1);
  offer(BOB, 2);
  assert.deepEqual(heard, [{ type: "refused", attempt: 2, why: "this server has all the links it can hold" }]);
  assert.deepEqual(faults, ["link-limit"]);
  peer.signal(ALICE, { type: "bye" });
  await settled();
  offer(BOB, 3);
  assert.equal(rtc.open, 1);
});

test("an attempt's number is not used twice", () => {
  const { rtc, peer, send, offer, faults } = setup();
  peer.join(ALICE, send);
  offer(ALICE, 1);
  offer(ALICE, 1);
  assert.equal(rtc.attempts.length, 1);
  assert.deepEqual(faults, ["link-duplicate-attempt"]);
});

test("candidates reach their own attempt, and no more of them than an honest client has", () => {
  const { rtc, peer, send, offer, faults } = setup();
  peer.join(ALICE, send);
  offer(ALICE, 1);
  const candidate = { type: "candidate", candidate: "candidate:1", mid: "0" } as const;
  peer.signal(ALICE, { ...candidate, attempt: 99 });
  for (let i = 0; i < MAX_CANDIDATES + 2; i++) peer.signal(ALICE, { ...candidate, attempt: 1 });
  assert.equal(rtc.attempts[0]?.candidates.length, MAX_CANDIDATES);
  assert.deepEqual(faults, ["link-candidates", "link-candidates"]);
});

test("a session whose signalling ended keeps its link and is reached again by a new hello", () => {
  const { rtc, peer, heard, send, offer, channelOf } = setup();
  const late = () => assert.fail("an old connection was used");
  peer.join(ALICE, late);
  offer(ALICE, 1);
  channelOf(0);
  peer.join(ALICE, send);
  peer.leave(ALICE, late);
  assert.equal(peer.has(ALICE), true);
  rtc.attempts[0]?.events.onCandidate("candidate:2", "0");
  assert.equal(heard.length, 1);
});

test("a session without signalling and links is forgotten", async () => {
  const { peer, send, offer, rtc } = setup();
  peer.join(ALICE, send);
  offer(ALICE, 1);
  peer.leave(ALICE, send);
  peer.signal(ALICE, { type: "bye" });
  await settled();
  offer(ALICE, 2);
  assert.equal(rtc.attempts.length, 1);
});

test("closing the origin fails what is under way and closes every link", async () => {
  const { peer, send, offer, channelOf, rtc } = setup();
  peer.join(ALICE, send);
  offer(ALICE, 1);
  channelOf(0);
  const body = new BytesBody(new Uint8Array(100_000));
  peer.push(ALICE, 1, body, 0, 100_000, 10);
  peer.close();
  await settled();
  assert.equal(body.cancelled, true);
  assert.equal(rtc.open, 0);
});

test("a client that floods its link loses it", async () => {
  const { peer, send, offer, channelOf, rtc, faults } = setup();
  peer.join(ALICE, send);
  offer(ALICE, 1);
  const channel = channelOf(0);
  for (let i = 0; i < 40_001; i++) channel?.onMessage(Uint8Array.of(8, 0, 0, 0, 1));
  await settled();
  assert.deepEqual(faults, ["link-flood"]);
  assert.equal(rtc.open, 0);
});
