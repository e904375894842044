// A ticket opens one swarm to the one peer it was given to, until it ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TestClock } from "../../testing/clock.ts";
import { OriginSigner } from "../../testing/origin-signer.ts";
import { OriginTime } from "./origin-time.ts";
import { SwarmGate } from "./swarm-gate.ts";

/** The gate of a link to peer 5, when the origin's clock shows 1,000,000. */
function setUp() {
  const clock = new TestClock();
  const origin = new OriginSigner();
  const time = new OriginTime(clock);
  time.learn(1_000_000);
  const gate = new SwarmGate({ clock, peer: 5, verify: origin.verify, originMs: () => time.nowMs() });
  return { clock, origin, time, gate };
}

const HERS = { swarm: 7, peer: 5, expiresMs: 1_060_000 };

test("nothing is open before a ticket, and only its own swarm after it", async () => {
  const { gate, origin } = setUp();
  assert.equal(gate.isOpen(7), false);
  assert.equal(await gate.show(origin.ticket(HERS)), 7);
  assert.deepEqual([gate.isOpen(7), gate.isOpen(8)], [true, false]);
});

test("another peer's ticket opens nothing, true as it is", async () => {
  const { gate, origin } = setUp();
  assert.equal(await gate.show(origin.ticket({ ...HERS, peer: 6 })), "ticket-stranger");
  assert.equal(gate.isOpen(7), false);
});

test("a ticket altered in any bit opens nothing", async () => {
  const { gate, origin, clock } = setUp();
  const ticket = origin.ticket(HERS);
  for (let bit = 0; bit < 8 * ticket.length; bit += 7) {
    const altered = Uint8Array.from(ticket);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(typeof (await gate.show(altered)), "string");
    clock.advance(2_000);
  }
  assert.equal(gate.isOpen(7), false);
});

test("a ticket ends by the origin's clock, and a newer one takes its place", async () => {
  const { gate, origin, clock } = setUp();
  await gate.show(origin.ticket(HERS));
  clock.advance(59_999);
  assert.deepEqual([gate.isOpen(7), gate.leftMs(7)], [true, 1]);
  assert.equal(await gate.show(origin.ticket({ ...HERS, expiresMs: 1_120_000 })), 7);
  clock.advance(2);
  assert.equal(gate.isOpen(7), true);
  clock.advance(60_000);
  assert.deepEqual([gate.isOpen(7), gate.leftMs(7)], [false, 0]);
  assert.equal(await gate.show(origin.ticket(HERS)), "ticket-expired");
});

test("an older ticket shown after a newer one shortens nothing", async () => {
  const { gate, origin, clock } = setUp();
  await gate.show(origin.ticket({ ...HERS, expiresMs: 1_120_000 }));
  await gate.show(origin.ticket(HERS));
  clock.advance(100_000);
  assert.equal(gate.isOpen(7), true);
});

test("nobody can turn the origin's clock back", () => {
  const { time, clock } = setUp();
  time.learn(500_000);
  clock.advance(1_000);
  assert.equal(time.nowMs(), 1_001_000);
});

test("while the origin's clock is unknown nothing has ended; once it is known, it has", async () => {
  const { origin, clock } = setUp();
  const time = new OriginTime(clock);
  const gate = new SwarmGate({ clock, peer: 5, verify: origin.verify, originMs: () => time.nowMs() });
  assert.equal(await gate.show(origin.ticket(HERS)), 7);
  assert.deepEqual([gate.isOpen(7), gate.leftMs(7)], [true, undefined]);
  time.learn(1_060_000);
  assert.equal(gate.isOpen(7), false);
});

test("a ticket shown again is not verified again, and a flood of false ones is not verified at all", async () => {
  const { gate, origin } = setUp();
  for (let i = 0; i < 100; i++) await gate.show(origin.ticket(HERS));
  assert.equal(origin.checks, 1);
  const stranger = new OriginSigner();
  const outcomes = new Set<unknown>();
  for (let i = 1; i <= 100; i++) outcomes.add(await gate.show(stranger.ticket({ ...HERS, swarm: 100 + i })));
  assert.deepEqual(outcomes, new Set(["ticket-forged", "ticket-flood"]));
  assert.ok(origin.checks <= 33);
});

test("garbage is no ticket and never throws", async () => {
  const { gate } = setUp();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 0, maxLength: 100 }), async (bytes) => {
      assert.equal(typeof (await gate.show(bytes)), "string");
    }),
  );
});

test("a check that fails by itself opens nothing", async () => {
  const { origin, clock } = setUp();
  const verify = () => Promise.reject(new Error("no crypto"));
  const gate = new SwarmGate({ clock, peer: 5, verify, originMs: () => undefined });
  assert.equal(await gate.show(origin.ticket(HERS)), "ticket-forged");
});
