// What one network of strangers may have of the signalling server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClock } from "../../testing/clock.ts";
import { MAX_CONVERSATIONS, NETWORK_LIMITS } from "./limits.ts";
import { Networks } from "./networks.ts";

const LIMITS = { conversations: 2, openingsPerS: 1, openingBurst: 4, messagesPerS: 10, messageBurst: 20 };

function start() {
  const clock = new TestClock();
  return { clock, networks: new Networks(clock, LIMITS) };
}

test("addresses of one IPv4 /24, or one IPv6 /56, share their conversations; others have their own", () => {
  const { networks } = start();
  assert.ok(networks.enter("203.0.113.5"));
  assert.ok(networks.enter("::ffff:203.0.113.250"));
  assert.equal(networks.enter("203.0.113.77"), undefined);
  assert.ok(networks.enter("203.0.114.5"));
  assert.ok(networks.enter("2a00:1:2:ab01::1"));
  assert.ok(networks.enter("2a00:1:2:abff::2"));
  assert.equal(networks.enter("2a00:1:2:ab77::3"), undefined);
  assert.ok(networks.enter("2a00:1:2:ac00::1"));
});

test("callers of our own network, and those whose address cannot be told, have no limit", () => {
  const { networks } = start();
  for (const address of [
    "127.0.0.1",
    "::1",
    "192.168.1.7",
    "172.17.0.1",
    "fd00::1",
    "fe80::1",
    "100.64.0.9",
    undefined,
  ]) {
    for (let count = 0; count < 9; count += 1) assert.ok(networks.enter(address)?.take(), address);
  }
});

test("who leaves, even twice, makes room for one", () => {
  const { networks } = start();
  const first = networks.enter("203.0.113.5");
  networks.enter("203.0.113.5");
  first?.leave();
  first?.leave();
  assert.ok(networks.enter("203.0.113.6"));
  assert.equal(networks.enter("203.0.113.6"), undefined);
});

test("conversations opened and closed in a row are refused after the burst, then at their rate", () => {
  const { networks, clock } = start();
  const open = () => {
    const visit = networks.enter("203.0.113.5");
    visit?.leave();
    return visit !== undefined;
  };
  assert.deepEqual([open(), open(), open(), open(), open()], [true, true, true, true, false]);
  clock.advance(1_000);
  assert.deepEqual([open(), open()], [true, false]);
});

test("messages of all conversations of a network count together, also when one hangs up and calls again", () => {
  const { networks, clock } = start();
  const [first, second] = [networks.enter("203.0.113.5"), networks.enter("203.0.113.9")];
  for (let count = 0; count < 10; count += 1) assert.ok(first?.take() && second?.take());
  assert.equal(second?.take(), false);
  first?.leave();
  second?.leave();
  assert.equal(networks.enter("203.0.113.5")?.take(), false);
  clock.advance(100);
  assert.equal(networks.enter("203.0.113.5")?.take(), true);
});

test("no network can have more than an eighth of all conversations, and an office's pages may open them all at once", () => {
  assert.ok(NETWORK_LIMITS.conversations <= MAX_CONVERSATIONS / 8);
  assert.equal(NETWORK_LIMITS.openingBurst, NETWORK_LIMITS.conversations);
});
