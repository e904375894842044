// Whatever happens, in whatever order: the plan that all peers together were told stays one that can work.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_LINKS } from "../../protocol/limits.ts";
import { COMMON_FACTS, PlannerModel, type TreeEdge } from "../../testing/planner-model.ts";
import { seededRandom } from "../../testing/random.ts";
import { createPlanner } from "./planner.ts";
import type { NatKind, PeerFacts, PlannerEvent } from "./planner-ports.ts";

const SWARMS = 3;
const PEERS = 24;
const MIN_VIEWERS = 3;
const PRIOR_BPS = 5_000_000;
const RATE_BPS = 3_000_000;

const swarm = fc.integer({ min: 1, max: SWARMS });
const peer = fc.integer({ min: 1, max: PEERS });
const uplinkBps = fc.constantFrom(300_000, 1_000_000, 3_000_000, 10_000_000, 50_000_000);
const facts: fc.Arbitrary<PeerFacts> = fc.record({
  nat: fc.constantFrom<NatKind>("open", "cone", "cone", "symmetric", "blocked", "unknown"),
  ipv6: fc.boolean(),
  network: fc.constantFrom("", "", "192.0.2.1", "192.0.2.2"),
  upload: fc.constantFrom(true, true, true, false),
  capBps: fc.constantFrom(Number.POSITIVE_INFINITY, 2_000_000),
  uplinkBps: fc.option(uplinkBps, { nil: undefined }),
  trusted: fc.boolean(),
  rttMs: fc.option(fc.constantFrom(5, 50, 300), { nil: undefined }),
});
const event: fc.Arbitrary<PlannerEvent> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ type: fc.constant("join"), swarm, peer }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("leave"), swarm, peer }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("peer"), peer, facts }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("gone"), peer }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("uplink"), peer, uplinkBps }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("unlinkable"), peer, other: fc.integer({ min: 0, max: PEERS }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("reputation"), peer, reputation: fc.constantFrom(0, 0.1, 0.5, 1) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("rate"), swarm, rateBps: fc.constantFrom(500_000, RATE_BPS, 8_000_000) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("uplink"), peer: fc.constant(0), uplinkBps }) },
  { weight: 6, arbitrary: fc.constant<PlannerEvent>({ type: "tick" }) },
);

/** What the events so far have said, kept as plainly as can be. */
class Known {
  readonly members = new Map<number, Set<number>>();
  readonly facts = new Map<number, PeerFacts>();
  readonly measured = new Map<number, number>();
  readonly reputations = new Map<number, number>();
  readonly rates = new Map<number, number>();
  readonly unlinkable = new Set<string>();

  take(event: PlannerEvent): void {
    switch (event.type) {
      case "join":
        this.members.set(event.swarm, (this.members.get(event.swarm) ?? new Set()).add(event.peer));
        this.#meet(event.peer);
        break;
      case "leave":
        this.members.get(event.swarm)?.delete(event.peer);
        break;
      case "peer":
        this.facts.set(event.peer, event.facts);
        break;
      case "gone":
        for (const members of this.members.values()) members.delete(event.peer);
        for (const map of [this.facts, this.measured, this.reputations]) map.delete(event.peer);
        for (const pair of this.unlinkable)
          if (pair.split(" ").includes(String(event.peer))) this.unlinkable.delete(pair);
        break;
      case "uplink":
        if (this.facts.has(event.peer)) this.measured.set(event.peer, event.uplinkBps);
        break;
      case "reputation":
        if (this.facts.has(event.peer)) this.reputations.set(event.peer, event.reputation);
        break;
      case "rate":
        this.rates.set(event.swarm, event.rateBps);
        break;
      case "unlinkable":
        if (this.#isMet(event.peer) && this.#isMet(event.other)) {
          this.unlinkable.add(`${event.peer} ${event.other}`).add(`${event.other} ${event.peer}`);
        }
    }
  }

  offerBps(id: number): number {
    const { upload, nat, capBps, uplinkBps } = this.factsOf(id);
    const reputation = this.reputations.get(id) ?? 1;
    if (!upload || nat === "blocked" || reputation < 0.3) return 0;
    return Math.min(this.measured.get(id) ?? uplinkBps ?? PRIOR_BPS, capBps) * reputation;
  }

  canLink(a: number, b: number): boolean {
    if (this.unlinkable.has(`${a} ${b}`)) return false;
    const [one, other] = [this.factsOf(a), this.factsOf(b)];
    const kinds = [one.nat, other.nat];
    if (kinds.includes("blocked")) return false;
    if (one.network !== "" && one.network === other.network) return true;
    if (one.ipv6 && other.ipv6) return true;
    return kinds.includes("open") || !kinds.includes("symmetric");
  }

  factsOf(id: number): PeerFacts {
    if (id === 0) return { ...COMMON_FACTS, nat: "open" };
    return this.facts.get(id) ?? { ...COMMON_FACTS, nat: "unknown", uplinkBps: undefined };
  }

  rateOf(id: number): number {
    return this.rates.get(id) ?? RATE_BPS;
  }

  #meet(id: number): void {
    if (!this.facts.has(id)) this.facts.set(id, { ...COMMON_FACTS, nat: "unknown", uplinkBps: undefined });
  }

  #isMet(id: number): boolean {
    return id === 0 || this.facts.has(id);
  }
}

const text = (edge: TreeEdge): string => `${edge.swarm}/${edge.stripe}: ${edge.parent} > ${edge.child}`;

function check(model: PlannerModel, known: Known): void {
  const edges = model.edges();
  const texts = edges.map(text).sort();
  assert.deepEqual(model.edgesFromBelow().map(text).sort(), texts, "both ends of an edge were told of it");
  assert.equal(new Set(texts).size, texts.length, "an edge is told once");

  const fed = edges.map(({ swarm, stripe, child }) => `${swarm}/${stripe} ${child}`);
  assert.equal(new Set(fed).size, fed.length, "one parent a stripe");

  const used = new Map<number, number>();
  const links = new Map<number, Set<number>>();
  const children = new Map<number, Set<number>>();
  for (const edge of edges) {
    const { swarm, parent, child } = edge;
    const members = known.members.get(swarm) ?? new Set();
    assert.ok(members.has(child), `${text(edge)}: the child is a member`);
    assert.ok(parent === 0 || members.has(parent), `${text(edge)}: the parent is a member`);
    assert.ok(members.size >= MIN_VIEWERS, `${text(edge)}: the swarm is large enough`);
    assert.ok(known.canLink(parent, child), `${text(edge)}: they can link`);
    const stripes = model.assignment(swarm, child)?.stripes ?? Number.NaN;
    used.set(parent, (used.get(parent) ?? 0) + known.rateOf(swarm) / stripes);
    if (parent !== 0) {
      children.set(parent, (children.get(parent) ?? new Set()).add(child));
      links.set(parent, (links.get(parent) ?? new Set()).add(child));
      links.set(child, (links.get(child) ?? new Set()).add(parent));
    }
    assert.equal(model.assignment(swarm, parent)?.stripes, stripes, `${text(edge)}: cut alike`);
  }
  for (const [id, bps] of used) {
    // Rates within a tenth of each other count as the same, and shares of them are rounded up.
    if (id !== 0) assert.ok(bps <= 0.96 * known.offerBps(id), `peer ${id}: ${bps} of ${known.offerBps(id)} bit/s`);
  }
  for (const [id, others] of links) assert.ok(others.size < MAX_LINKS, `peer ${id} has ${others.size} links`);
  for (const [id, others] of children) assert.ok(others.size <= 12, `peer ${id} sends to ${others.size}`);
}

function checkNoCycles(model: PlannerModel): void {
  const parents = new Map(
    model.edges().map(({ swarm, stripe, parent, child }) => [`${swarm}/${stripe} ${child}`, { swarm, stripe, parent }]),
  );
  for (const { swarm, stripe, child } of model.edges()) {
    let at = child;
    for (let steps = 0; at !== 0; steps += 1) {
      assert.ok(steps <= PEERS, `a cycle in ${swarm}/${stripe} above ${child}`);
      const above = parents.get(`${swarm}/${stripe} ${at}`);
      if (above === undefined) break;
      at = above.parent;
    }
  }
}

test("after any events the plan is whole, possible and without cycles", () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 150, maxLength: 300, size: "max" }), fc.nat(), (events, seed) => {
      const model = new PlannerModel(createPlanner({ random: seededRandom(seed), minViewers: MIN_VIEWERS }));
      const known = new Known();
      for (const one of events) {
        known.take(one);
        const commands = model.handle(one);
        const told = commands.map((command) => `${command.swarm} ${command.peer}`);
        assert.equal(new Set(told).size, told.length, "one command a peer and swarm");
        for (const command of commands) {
          const present = command.peer === 0 || known.members.get(command.swarm)?.has(command.peer) === true;
          assert.ok(present, `peer ${command.peer} is told though it is not in swarm ${command.swarm}`);
        }
        check(model, known);
        checkNoCycles(model);
      }
    }),
    { numRuns: 120 },
  );
});
