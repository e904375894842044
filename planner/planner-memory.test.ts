// A planner that knows its viewers from earlier visits, its own or those to the planner before it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { plannerRig, report } from "../testing/planner-rig.ts";
import { VisitorMemory } from "./memory/visitor-memory.ts";

const ANN = "a".repeat(32);

/** Two have something of Ann's for ten minutes, on a planner that then ends without a word; answers what outlives it. */
async function afterVisit(reported: Parameters<typeof report>[1]): Promise<VisitorMemory> {
  const memory = new VisitorMemory();
  const { clock, client, join, members, pair, server, ticketOf } = plannerRig(undefined, memory);
  const receivers = await members(2);
  const ann = client(9, "203.0.113.9");
  await join(ann, ticketOf(ann.peer, 7, 900_000), 7, ANN);
  for (const receiver of receivers) {
    await join(receiver, ticketOf(receiver.peer, 7, 900_000));
    pair(ann, receiver);
    server.signal(receiver.session, { type: "report", swarm: 7, peers: [report(ann.peer, reported)] });
    clock.advance(1_000);
  }
  clock.advance(600_000);
  return memory;
}

test("a planner that is started anew knows a viewer's uplink and longevity before anybody reports", async () => {
  const memory = await afterVisit({});
  const { client, join, events, ticketOf, server } = plannerRig(undefined, memory);
  const ann = client(1);
  await join(ann, ticketOf(ann.peer), 7, ANN);
  const [facts] = events.flatMap((event) => (event.type === "peer" ? [event.facts] : []));
  assert.equal(facts?.uplinkBps, 16_000_000);
  assert.ok((facts?.stayMs ?? 0) > 400_000, `${facts?.stayMs}`);
  const [member] = server.swarms()[0]?.members.filter(({ peer }) => peer === ann.peer) ?? [];
  assert.deepEqual([member?.uplinkBps, member?.stayMs], [16_000_000, facts?.stayMs]);
});

test("a ban outlives the planner", async () => {
  const memory = await afterVisit({ corrupt: 1 });
  const { client, join, events, ticketOf } = plannerRig(undefined, memory);
  const ann = client(1);
  await join(ann, ticketOf(ann.peer), 7, ANN);
  assert.deepEqual(
    events.filter(({ type }) => type !== "peer"),
    [
      { type: "reputation", peer: ann.peer, reputation: 0 },
      { type: "join", swarm: 7, peer: ann.peer },
    ],
  );
});

test("who comes with no name, or with one nobody knows, begins as strangers do", async () => {
  const memory = await afterVisit({});
  const { client, join, events, ticketOf } = plannerRig(undefined, memory);
  for (const [n, visitor] of [undefined, "b".repeat(32)].entries()) {
    const one = client(n);
    await join(one, ticketOf(one.peer), 7, visitor);
  }
  assert.deepEqual(
    events.map((event) => (event.type === "peer" ? [event.facts.uplinkBps, event.facts.stayMs] : event.type)),
    [[undefined, 0], "join", [undefined, 0], "join"],
  );
});
