// What receivers say becomes what the planner knows, if they were to be served and it can be true.
import assert from "node:assert/strict";
import { test } from "node:test";
import { part, plannerRig, report } from "../testing/planner-rig.ts";

test("an uplink is what receivers saw, and only those that were to be served are heard", async () => {
  const { clock, members, pair, server, events, faults } = plannerRig();
  const [sender, one, two, stranger] = await members(4);
  if (!sender || !one || !two || !stranger) return assert.fail();
  pair(sender, one);
  pair(sender, two);
  for (const receiver of [one, two]) {
    server.signal(receiver.session, { type: "report", swarm: 7, peers: [report(sender.peer)] });
  }
  server.signal(stranger.session, { type: "report", swarm: 7, peers: [report(sender.peer, { busyMs: 1 })] });
  server.signal(sender.session, { type: "report", swarm: 7, peers: [report(sender.peer)] });
  clock.advance(6_000);
  assert.deepEqual(
    events.filter(({ type }) => type === "uplink"),
    [{ type: "uplink", peer: sender.peer, uplinkBps: 16_000_000 }],
  );
  assert.deepEqual(faults, ["report-unpaired", "report-unpaired"]);
});

test("reports of more than can be are not believed", async () => {
  const { clock, members, pair, server, events, faults } = plannerRig();
  const [sender, one] = await members(2);
  if (!sender || !one) return assert.fail();
  pair(sender, one);
  const lies = [{ bytes: 1e13 }, { busyBytes: 2_000_000 }, { busyMs: 100_000 }];
  for (const lie of lies) server.signal(one.session, { type: "report", swarm: 7, peers: [report(sender.peer, lie)] });
  server.signal(one.session, { type: "report", swarm: 8, peers: [report(sender.peer)] });
  clock.advance(6_000);
  assert.deepEqual(
    events.filter(({ type }) => type === "uplink"),
    [],
  );
  assert.deepEqual(faults, [...Array(3).fill("report-implausible"), "report-unjoined"]);
});

test("corrupt pieces seen by two ban; what one sees alone does not", async () => {
  const { clock, members, pair, server, events } = plannerRig();
  const [sender, one, two] = await members(3);
  if (!sender || !one || !two) return assert.fail();
  const told = () => events.flatMap((event) => (event.type === "reputation" ? [event.reputation] : []));
  for (const receiver of [one, two]) {
    pair(sender, receiver);
    server.signal(receiver.session, { type: "report", swarm: 7, peers: [report(sender.peer, { corrupt: 1 })] });
    clock.advance(1_000);
  }
  assert.deepEqual(told(), [0.5, 0]);
});

test("the status tells who sends to whom and what receivers got, and no address", async () => {
  const { members, pair, server } = plannerRig();
  const [one, two] = await members(2);
  if (!one || !two) return assert.fail();
  pair(one, two);
  const peers = [report(one.peer, { bytes: 300, busyBytes: 0 }), report(0, { bytes: 200, busyBytes: 0 })];
  server.signal(two.session, { type: "report", swarm: 7, peers });
  const [swarm] = server.swarms();
  const member = (peer: number) => swarm?.members.find((status) => status.peer === peer);
  assert.deepEqual(member(two.peer)?.bytes, { origin: 200, viewer: 300 });
  assert.deepEqual([member(one.peer)?.sentBytes, member(0)?.sentBytes], [300, 200]);
  assert.deepEqual(member(two.peer)?.parents, [{ stripe: 0, peer: one.peer }]);
  assert.ok(!JSON.stringify(server.swarms()).includes("198.51"));
});

test("the status tells whom the origin serves directly: those that have every stripe from it", async () => {
  const { members, plan, server } = plannerRig();
  const [one, two, three] = await members(4);
  if (!one || !two || !three) return assert.fail();
  plan.push(part(7, one.peer, [0, 0], []), part(7, two.peer, [0, one.peer], []), part(7, three.peer, [], []));
  server.setRate(7, 1);
  const direct = server.swarms().flatMap((swarm) => swarm.members.filter((member) => member.direct));
  assert.deepEqual(
    direct.map(({ peer }) => peer),
    [one.peer],
  );
});

test("being late without a link is no fault of the sender's", async () => {
  const { clock, members, pair, server } = plannerRig();
  const [sender, one, two] = await members(3);
  if (!sender || !one || !two) return assert.fail();
  const reputation = () => server.swarms()[0]?.members.find(({ peer }) => peer === sender.peer)?.reputation;
  for (const linked of [false, true]) {
    for (const receiver of [one, two]) {
      pair(sender, receiver);
      const { rttMs, ...late } = report(sender.peer, { missed: 9, bytes: 0, busyBytes: 0, busyMs: 0 });
      server.signal(receiver.session, { type: "report", swarm: 7, peers: [linked ? { ...late, rttMs: 30 } : late] });
      clock.advance(5_000);
    }
    assert.equal(reputation() === 1, !linked);
  }
});

test("a viewer's round trip to the origin is told when it is known, and again when it has truly changed", async () => {
  const { members, server, events } = plannerRig();
  const [one] = await members(1);
  if (!one) return assert.fail();
  for (const rttMs of [40, 48, 33, 80]) {
    server.signal(one.session, { type: "report", swarm: 7, peers: [report(0, { rttMs })] });
  }
  assert.deepEqual(
    events.map((event) => (event.type === "peer" ? event.facts.rttMs : event.type)),
    [40, 80],
  );
});

test("how far two are from each other is told the planner, of those that were to be linked alone", async () => {
  const { members, pair, server, events } = plannerRig();
  const [one, two, stranger] = await members(3);
  if (!one || !two || !stranger) return assert.fail();
  pair(one, two);
  const peers = [report(one.peer, { rttMs: 70 }), report(stranger.peer, { rttMs: 5 })];
  server.signal(two.session, { type: "report", swarm: 7, peers });
  assert.deepEqual(
    events.filter(({ type }) => type === "rtt"),
    [{ type: "rtt", peer: two.peer, other: one.peer, rttMs: 70 }],
  );
});
