// Two that praise each other gain nothing that an honest third one, or a cap, does not allow.
import assert from "node:assert/strict";
import { test } from "node:test";
import { part, plannerRig, report } from "../testing/planner-rig.ts";

const MBPS = 1_000_000;
/** What a liar says: more than any line carries, as much as is believed at all. */
const HUGE = { bytes: 1_000_000_000, busyBytes: 1_000_000_000, busyMs: 1_000 };
const SWARMS = Array.from({ length: 20 }, (_, n) => 100 + n);

/** Two that are assigned to each other, an honest viewer elsewhere, and what the planner was told of the first one's uplink. */
async function pairOfLiars() {
  const rig = plannerRig();
  const [one, two, honest] = await rig.members(3);
  if (!one || !two || !honest) return assert.fail();
  rig.pair(one, two);
  const uplinkBps = (): number =>
    rig.events.reduce((bps, event) => (event.type === "uplink" && event.peer === one.peer ? event.uplinkBps : bps), 0);
  return { ...rig, one, two, honest, uplinkBps };
}

test("alone they are believed as much as one word is worth, in however many swarms they say it", async () => {
  const { clock, server, join, ticketOf, one, two, uplinkBps } = await pairOfLiars();
  for (const swarm of SWARMS) await join(two, ticketOf(two.peer, swarm), swarm);
  for (let round = 0; round < 6; round += 1) {
    for (const swarm of [7, ...SWARMS]) {
      server.signal(two.session, { type: "report", swarm, peers: [report(one.peer, HUGE)] });
    }
    clock.advance(5_000);
  }
  assert.equal(uplinkBps(), 20 * MBPS);
});

test("one honest receiver is believed more than a network of liars: an uplink is no more than it says, for each it serves", async () => {
  const { clock, server, join, ticketOf, pair, one, two, honest, uplinkBps } = await pairOfLiars();
  pair(one, honest);
  for (const swarm of SWARMS) await join(two, ticketOf(two.peer, swarm), swarm);
  const truth = { bytes: 125_000, busyBytes: 125_000, busyMs: 1_000 };
  for (let round = 0; round < 6; round += 1) {
    for (const swarm of [7, ...SWARMS]) {
      server.signal(two.session, { type: "report", swarm, peers: [report(one.peer, HUGE)] });
    }
    server.signal(honest.session, { type: "report", swarm: 7, peers: [report(one.peer, truth)] });
    clock.advance(5_000);
  }
  assert.equal(uplinkBps(), 2 * MBPS);
});

test("praise does not wash off what others say: it counts once in some seconds from each network", async () => {
  const { clock, server, members, plan, one, two } = await pairOfLiars();
  const accusers = (await members(6)).slice(3);
  plan.push(
    part(
      7,
      one.peer,
      [0],
      [two, ...accusers].map(({ peer }) => peer),
    ),
  );
  for (const { peer } of accusers) plan.push(part(7, peer, [one.peer], []));
  server.setRate(7, 1);
  const nothing = { bytes: 0, busyBytes: 0, busyMs: 0, missed: 9 };
  for (let round = 0; round < 2; round += 1) {
    for (const { session } of accusers) {
      server.signal(session, { type: "report", swarm: 7, peers: [report(one.peer, nothing)] });
    }
    clock.advance(5_000);
  }
  for (let praise = 0; praise < 300; praise += 1) {
    server.signal(two.session, { type: "report", swarm: 7, peers: [report(one.peer, HUGE)] });
    clock.advance(100);
  }
  const reputation = server.swarms()[0]?.members.find(({ peer }) => peer === one.peer)?.reputation ?? 0;
  assert.ok(reputation < 0.3, `${reputation}`);
});
