// Conversations in, events; plans in, assignments out. The planner itself is played by the test.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OriginSigner } from "../testing/origin-signer.ts";
import { part, plannerRig, START_MS } from "../testing/planner-rig.ts";

test("a viewer with a true ticket of its own takes part; the planner knows it before it joins", async () => {
  const { client, join, events, faults, server } = plannerRig();
  const one = client(1, "198.51.100.1");
  server.signal(one.session, { type: "means", means: { upload: true } });
  await join(one);
  const facts = {
    nat: "unknown",
    ipv6: false,
    network: "198.51.100.1",
    upload: true,
    uplinkBps: undefined,
    trusted: false,
    rttMs: undefined,
    stayMs: 0,
  };
  assert.deepEqual(events, [
    { type: "peer", peer: one.peer, facts },
    { type: "join", swarm: 7, peer: one.peer },
  ]);
  assert.deepEqual(faults, []);
});

test("who has said nothing of its means uploads nothing, and news of them are told once", async () => {
  const { client, join, events, server } = plannerRig();
  const one = client(1);
  await join(one);
  for (const upload of [true, true, false]) server.signal(one.session, { type: "means", means: { upload } });
  const uploads = events.flatMap((event) => (event.type === "peer" ? [event.facts.upload] : []));
  assert.deepEqual(uploads, [false, true, false]);
});

test("a ticket that is another's, ended, forged or none lets nobody in", async () => {
  const { client, join, ticketOf, events, faults } = plannerRig();
  const one = client(1);
  await join(one, ticketOf(one.peer + 1));
  await join(one, ticketOf(one.peer, 8));
  await join(one, ticketOf(one.peer, 7, 0));
  await join(
    one,
    Buffer.from(new OriginSigner().ticket({ swarm: 7, peer: one.peer, expiresMs: 2e12 })).toString("base64url"),
  );
  await join(one, "A".repeat(107));
  assert.deepEqual(faults, ["join-stranger", "join-stranger", "join-expired", "join-forged", "join-stranger"]);
  assert.deepEqual(events, []);
});

test("who leaves while its ticket is being checked is not in", async () => {
  const { client, join, events, server } = plannerRig();
  const one = client(1);
  const joining = join(one);
  server.signal(one.session, { type: "leave", swarm: 7 });
  await joining;
  assert.deepEqual(events, []);
});

test("a plan reaches viewers as assignments with rising numbers, and the origin as its part", async () => {
  const { members, plan, server, originParts } = plannerRig();
  const [one, two] = await members(2);
  if (one === undefined || two === undefined) return assert.fail();
  plan.push(part(7, 0, [], [one.peer]), part(7, one.peer, [0], [two.peer]), part(7, two.peer, [one.peer], []));
  server.setRate(7, 1);
  plan.push(part(7, two.peer, [0], []));
  server.setRate(7, 2);
  assert.deepEqual(originParts, [part(7, 0, [], [one.peer])]);
  assert.deepEqual(
    one.heard.map((signal) => signal.type === "assign" && signal.children),
    [[{ stripe: 0, peer: two.peer }]],
  );
  const seqs = two.heard.map((signal) => (signal.type === "assign" ? signal.seq : 0));
  assert.ok((seqs[1] ?? 0) > (seqs[0] ?? 0) && (seqs[0] ?? 0) > START_MS, seqs.join(" "));
});

test("messages pass between pairs only, and for half a minute after they were parted", async () => {
  const { clock, members, pair, unpair, server, faults } = plannerRig();
  const clients = await members(3);
  const [low, high, third] = clients.sort((a, b) => a.peer - b.peer);
  if (low === undefined || high === undefined || third === undefined) return assert.fail();
  const offer = { kind: "offer", attempt: 1, sdp: "v=0" } as const;
  const heard = (): number => high.heard.filter(({ type }) => type === "peer").length;
  server.signal(low.session, { type: "peer", to: high.peer, message: offer });
  assert.deepEqual([heard(), faults], [0, ["relay-unpaired"]]);
  pair(high, low);
  server.signal(low.session, { type: "peer", to: high.peer, message: offer });
  assert.deepEqual(high.heard.at(-1), { type: "peer", from: low.peer, message: offer });
  server.signal(third.session, { type: "peer", to: high.peer, message: offer });
  server.signal(low.session, { type: "peer", to: 4_000_000_001, message: offer });
  assert.equal(heard(), 1);
  unpair(high, low);
  clock.advance(29_000);
  server.signal(low.session, { type: "peer", to: high.peer, message: offer });
  assert.equal(heard(), 2);
  clock.advance(2_000);
  server.signal(low.session, { type: "peer", to: high.peer, message: offer });
  assert.equal(heard(), 2);
});

test("two that could not be linked twice are told to the planner", async () => {
  const { members, pair, server, events } = plannerRig();
  const [one, two] = await members(2);
  if (one === undefined || two === undefined) return assert.fail();
  pair(one, two);
  for (const attempt of [1, 2, 3]) {
    server.signal(one.session, { type: "peer", to: two.peer, message: { kind: "failed", attempt } });
  }
  assert.deepEqual(
    events.filter(({ type }) => type === "unlinkable"),
    [{ type: "unlinkable", peer: one.peer, other: two.peer }],
  );
});

test("a viewer that comes back soon keeps its number, its place, and hears its part again", async () => {
  const { clock, members, pair, server, events, client } = plannerRig();
  const [one, two] = await members(2);
  if (!one || !two) return assert.fail();
  pair(one, two);
  events.length = 0;
  server.leave(two.session, two.send);
  clock.advance(3_000);
  const again = client(1, "198.51.100.1");
  clock.advance(10_000);
  assert.equal(again.peer, two.peer);
  assert.deepEqual(
    again.heard.map(({ type }) => type),
    ["assign"],
  );
  assert.deepEqual(events, []);
});

test("a viewer that stays away is gone, and keeps its number all the same", async () => {
  const { clock, members, server, events, client } = plannerRig();
  const [one] = await members(1);
  if (!one) return assert.fail();
  server.leave(one.session, one.send);
  clock.advance(5_000);
  assert.deepEqual(events, [{ type: "gone", peer: one.peer }]);
  assert.deepEqual(server.swarms(), []);
  assert.equal(server.peerOf(one.session), undefined);
  assert.equal(client(0).peer, one.peer);
});

test("a banned viewer that goes and comes back is banned", async () => {
  const { clock, members, server, events, client, join } = plannerRig();
  const [one] = await members(1);
  if (!one) return assert.fail();
  server.ban(one.peer);
  server.leave(one.session, one.send);
  clock.advance(5_000);
  events.length = 0;
  await join(client(0));
  assert.deepEqual(
    events.filter(({ type }) => type !== "peer"),
    [
      { type: "reputation", peer: one.peer, reputation: 0 },
      { type: "join", swarm: 7, peer: one.peer },
    ],
  );
});

test("an old socket's end does not end what goes on over a newer one", async () => {
  const { clock, members, server, events, client } = plannerRig();
  const [one] = await members(1);
  if (!one) return assert.fail();
  client(0, "198.51.100.0");
  server.leave(one.session, one.send);
  clock.advance(60_000 - 1);
  assert.deepEqual(events, []);
});

test("goodbye takes effect at once, leaving a swarm too", async () => {
  const { members, server, events } = plannerRig();
  const [one, two] = await members(2);
  if (!one || !two) return assert.fail();
  server.signal(one.session, { type: "bye" });
  server.signal(two.session, { type: "leave", swarm: 7 });
  server.signal(two.session, { type: "leave", swarm: 7 });
  assert.deepEqual(events, [
    { type: "gone", peer: one.peer },
    { type: "leave", swarm: 7, peer: two.peer },
  ]);
});

test("a ticket that ends ends the membership, unless a newer one was shown", async () => {
  const { clock, members, join, events, ticketOf } = plannerRig();
  const [one, two] = await members(2);
  if (!one || !two) return assert.fail();
  clock.advance(30_000);
  await join(two, ticketOf(two.peer));
  clock.advance(31_000);
  assert.deepEqual(events, [{ type: "leave", swarm: 7, peer: one.peer }]);
});

test("the planner ticks each second, and no more once it is closed", () => {
  const { clock, plan, server, originParts } = plannerRig();
  plan.push(part(7, 0, [], []));
  clock.advance(1_000);
  assert.equal(originParts.length, 1);
  server.close();
  assert.equal(clock.pending(), 0);
});

test("nobody is in more swarms than anybody watches", async () => {
  const { client, join, ticketOf, faults, events } = plannerRig();
  const one = client(1);
  for (let swarm = 1; swarm <= 33; swarm++) await join(one, ticketOf(one.peer, swarm), swarm);
  assert.deepEqual(faults, ["join-limit"]);
  assert.equal(events.filter(({ type }) => type === "join").length, 32);
});
