// What viewers say to each other passes only between pairs, from the right side, not too often, and without home addresses.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PeerMessage } from "../protocol/peer-message.ts";
import { networkOf } from "./network.ts";
import { Pairs } from "./pairs.ts";
import { Relay } from "./relay.ts";

const LOW = { peer: 1, network: "198.51.100.1" };
const HIGH = { peer: 2, network: "198.51.100.2" };
const OFFER: PeerMessage = { kind: "offer", attempt: 1, sdp: "v=0" };

function setUp() {
  const pairs = new Pairs();
  const faults: string[] = [];
  const unlinkable: string[] = [];
  const relay = new Relay({
    pairs,
    onFault: (fault) => faults.push(fault),
    onUnlinkable: (peer, other) => unlinkable.push(`${peer} ${other}`),
  });
  pairs.assign(7, 1, [2], 0);
  return { pairs, relay, faults, unlinkable };
}

function candidate(address: string): PeerMessage {
  return { kind: "candidate", attempt: 1, mid: "0", candidate: `candidate:1 1 udp 2122 ${address} 5000 typ host` };
}

test("the lower number offers and the higher answers, never the other way round", () => {
  const { relay, faults } = setUp();
  const answer: PeerMessage = { ...OFFER, kind: "answer" };
  assert.deepEqual(relay.pass(LOW, HIGH, OFFER, 0), OFFER);
  assert.deepEqual([relay.pass(HIGH, LOW, OFFER, 0), relay.pass(LOW, HIGH, answer, 0)], [undefined, undefined]);
  assert.notEqual(relay.pass(HIGH, LOW, answer, 0), undefined);
  assert.deepEqual(faults, ["relay-side", "relay-side"]);
});

test("a pair lasts while any part names it, and half a minute after", () => {
  const { pairs } = setUp();
  pairs.assign(8, 2, [1], 0);
  pairs.assign(7, 1, [], 0);
  pairs.purge(1_000_000);
  assert.notEqual(pairs.of(2, 1), undefined);
  pairs.assign(8, 2, [3], 1_000_000);
  pairs.purge(1_029_999);
  assert.notEqual(pairs.of(1, 2), undefined);
  pairs.purge(1_030_000);
  assert.deepEqual([pairs.of(1, 2), pairs.of(2, 3) === undefined], [undefined, false]);
});

test("two that are paired again before their time is over stay a pair", () => {
  const { pairs } = setUp();
  pairs.assign(7, 1, [], 0);
  pairs.assign(7, 1, [2], 20_000);
  pairs.purge(60_000);
  assert.notEqual(pairs.of(1, 2), undefined);
});

test("an offer, an answer and all their candidates pass at once; a flood does not", () => {
  const { relay, faults } = setUp();
  for (let i = 0; i < 100; i++) assert.notEqual(relay.pass(LOW, HIGH, candidate("203.0.113.5"), 0), undefined);
  assert.equal(relay.pass(LOW, HIGH, candidate("203.0.113.5"), 0), undefined);
  assert.notEqual(relay.pass(LOW, HIGH, candidate("203.0.113.5"), 1_000), undefined);
  assert.deepEqual(faults, ["relay-flood"]);
});

for (const address of ["192.168.1.7", "10.0.0.1", "fe80::1", "fd00::1", "127.0.0.1"]) {
  test(`an address at home (${address}) is told to those at home only`, () => {
    const { relay } = setUp();
    assert.equal(relay.pass(LOW, HIGH, candidate(address), 0), undefined);
    assert.deepEqual(relay.pass(LOW, { ...HIGH, network: LOW.network }, candidate(address), 0), candidate(address));
    const lines = [
      "v=0",
      `a=candidate:1 1 udp 2122 ${address} 5000 typ host`,
      "a=candidate:2 1 udp 99 203.0.113.5 6 typ srflx",
    ];
    const passed = relay.pass(LOW, HIGH, { ...OFFER, sdp: lines.join("\r\n") }, 0);
    assert.deepEqual(passed, { ...OFFER, sdp: [lines[0], lines[2]].join("\r\n") });
  });
}

test("a name that means something at home only is told to everybody: it tells nothing", () => {
  const { relay } = setUp();
  assert.deepEqual(relay.pass(LOW, HIGH, candidate("0c3f-4a.local"), 0), candidate("0c3f-4a.local"));
});

test("addresses of one household, of one /64 and of our own network are one network each", () => {
  assert.equal(networkOf("203.0.113.5"), networkOf("::ffff:203.0.113.5"));
  assert.notEqual(networkOf("203.0.113.5"), networkOf("203.0.113.6"));
  assert.equal(networkOf("2001:db8:1:2::5"), networkOf("2001:db8:1:2:ffff::1"));
  assert.notEqual(networkOf("2001:db8:1:2::5"), networkOf("2001:db8:1:3::5"));
  assert.equal(networkOf("192.168.1.5"), networkOf("127.0.0.1"));
  assert.equal(networkOf("nonsense"), undefined);
});
