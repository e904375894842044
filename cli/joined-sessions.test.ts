// Three viewers of a stream: what they say reaches the planner, and what it plans makes the origin send.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import * as v from "valibot";
import type { AttemptEvents, RtcHost } from "../node/rtc.ts";
import { createPlanner } from "../planner/core/planner.ts";
import { createPlannerServer } from "../planner/planner-server.ts";
import { encodeFrame } from "../protocol/frame.ts";
import { SessionId } from "../protocol/ids.ts";
import type { ServerSignal } from "../protocol/signal.ts";
import { decodeSwarmFrame, encodeSwarmFrame, isSwarmFrame } from "../protocol/swarm-frame.ts";
import { HeaderList } from "../proxy/header-list.ts";
import { createOriginPeer } from "../proxy/origin/origin-peer.ts";
import { originKeyOf } from "../proxy/swarm/origin-key.ts";
import { OriginSwarms } from "../proxy/swarm/origin-swarms.ts";
import { SwarmLinks } from "../proxy/swarm/swarm-links.ts";
import { TestClock } from "../testing/clock.ts";
import { createMemoryChannelPair } from "../testing/sim-channel.ts";
import { joinedSessions } from "./joined-sessions.ts";

const WALL_MS = 1_795_280_400_000;
const STREAM = { path: "/a.m3u8", rendition: "" };

function setUp() {
  const clock = new TestClock();
  const originMs = () => WALL_MS + clock.nowMs();
  const key = originKeyOf(generateKeyPairSync("ed25519").privateKey);
  const faults: string[] = [];
  const onFault = (fault: string) => void faults.push(fault);
  const planner = createPlannerServer({
    planner: createPlanner({ random: () => 0.5 }),
    clock,
    random: Math.random,
    originMs,
    verifyTicket: async (bytes, signature) => key.verify(bytes, signature),
    onOriginPart: ({ swarm, ...part }) => links.assign(swarm, part),
    onFault,
  });
  const onRate = (swarm: number, rateBps: number) => planner.setRate(swarm, rateBps);
  const links = new SwarmLinks({ key, clock, wallMs: originMs, onFault });
  const swarms = new OriginSwarms({ links, key, clock, wallMs: originMs, keepBytes: 1e6, onFault, onRate });
  const attempts: AttemptEvents[] = [];
  const rtc: RtcHost = {
    kind: "native",
    udpPort: 1,
    open: 0,
    accept(_sdp, events) {
      attempts.push(events);
      return { addCandidate() {}, path: () => ({ rttMs: undefined, remoteKind: undefined }), close() {} };
    },
    close: async () => {},
  };
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const peerOf = (session: SessionId) => planner.peerOf(session);
  const origin = createOriginPeer({ rtc, clock, log, swarms: links, peerOf, onFault, onSent() {} });
  const sessions = joinedSessions(origin, planner);
  const share = (body: Buffer) =>
    swarms.share(STREAM, { target: "/0.ts", durationMs: 2_000, statusText: "OK", headers: new HeaderList(), body });
  /** Lets messages travel and checks end. */
  const settle = async (ms = 3_000): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(10);
      await new Promise(setImmediate);
    }
  };
  /** A viewer with a link to the origin that shows its ticket to both. */
  const viewer = (letter: string) => {
    const session = v.parse(SessionId, letter.repeat(32));
    const heard: ServerSignal[] = [];
    const pieces: number[] = [];
    const peer = sessions.join(session, (message) => void heard.push(message), "203.0.113.7");
    sessions.signal(session, { type: "means", means: { upload: true } });
    sessions.signal(session, { type: "offer", attempt: 1, sdp: "v=0" });
    let events = { onMessage(_bytes: Uint8Array) {}, onClose() {} };
    let receivedBytes = 0;
    const client = {
      onMessage(bytes: Uint8Array) {
        const frame = isSwarmFrame(bytes) ? decodeSwarmFrame(bytes) : undefined;
        if (frame?.type !== "piece") return;
        pieces.push(frame.piece);
        receivedBytes += bytes.length;
        left.send(encodeFrame({ type: "ack", received: receivedBytes }));
      },
      onClose() {},
    };
    const forward = { onMessage: (bytes: Uint8Array) => events.onMessage(bytes), onClose: () => events.onClose() };
    const { left, right } = createMemoryChannelPair(clock, client, forward);
    events = attempts.at(-1)?.onChannel(right) ?? events;
    const { id = 0, ticket = "" } = swarms.admit(STREAM, origin.peerOf(session) ?? 0) ?? {};
    left.send(encodeSwarmFrame({ type: "ticket", ticket: Uint8Array.from(Buffer.from(ticket, "base64url")) }));
    sessions.signal(session, { type: "join", swarm: id, ticket });
    return { session, peer, heard, pieces };
  };
  return { planner, origin, sessions, swarms, share, settle, viewer, faults };
}

test("origin and planner know a viewer by the same number", () => {
  const { planner, origin, viewer } = setUp();
  const { session, peer } = viewer("a");
  assert.equal(planner.peerOf(session), peer);
  assert.equal(origin.peerOf(session), peer);
});

test("of two viewers the origin pushes to none, of three it does, and one of them gets each piece", async () => {
  const { share, settle, viewer, faults } = setUp();
  await share(Buffer.alloc(1_000));
  const viewers = [viewer("a"), viewer("b")];
  await settle();
  await share(Buffer.alloc(60_000));
  await settle();
  assert.deepEqual(
    viewers.map(({ pieces }) => pieces),
    [[], []],
  );
  viewers.push(viewer("c"));
  await settle();
  await share(Buffer.alloc(60_000));
  await settle();
  const pushed = viewers.flatMap(({ pieces }) => [...new Set(pieces)]).filter((piece) => piece >= 5);
  assert.deepEqual(pushed.sort(), [5, 6, 7, 8]);
  assert.ok(viewers.every(({ heard }) => heard.some(({ type }) => type === "assign")));
  assert.deepEqual(faults, []);
});

test("a viewer that says goodbye is nobody's any more", async () => {
  const { share, settle, viewer, planner, sessions } = setUp();
  await share(Buffer.alloc(1_000));
  const { session } = viewer("a");
  await settle();
  assert.equal(planner.swarms()[0]?.members.length, 2);
  sessions.signal(session, { type: "bye" });
  assert.deepEqual(planner.swarms(), []);
});
