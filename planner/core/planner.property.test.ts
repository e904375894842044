// Whatever happens, in whatever order: the plan that all peers together were told stays one that can work.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_LINKS } from "../../protocol/limits.ts";
import { COMMON_FACTS, PlannerModel, type TreeEdge } from "../../testing/planner-model.ts";
import { seededRandom } from "../../testing/random.ts";
import { createPlanner } from "./planner.ts";
import type { NatKind, PeerFacts, PlannerCommand, PlannerEvent } from "./planner-ports.ts";

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
  stayMs: fc.constantFrom(0, 0, 600_000),
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

const serve = fc.constantFrom("peers-first" as const, "peers-first" as const, "origin-first" as const);

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

const text = ({ swarm, stripe, parent, child }: TreeEdge): string => `${swarm}/${stripe}: ${parent} > ${child}`;

function check(model: PlannerModel, known: Known): void {
  const edges = model.edges();
  const above = new Map<string, string>();
  const used = new Map<number, number>();
  const links = new Map<number, Set<number>>();
  const children = new Map<number, Set<number>>();
  const expect = (holds: boolean, edge: TreeEdge, rule: string): void => {
    if (!holds) assert.fail(`${text(edge)}: ${rule}`);
  };
  for (const edge of edges) {
    const { swarm, stripe, parent, child } = edge;
    const members = known.members.get(swarm) ?? new Set();
    expect(members.has(child), edge, "the child is a member");
    expect(parent === 0 || members.has(parent), edge, "the parent is a member");
    expect(members.size >= MIN_VIEWERS, edge, "the swarm is large enough");
    expect(known.canLink(parent, child), edge, "they can link");
    expect(!above.has(`${swarm}/${stripe} ${child}`), edge, "it is the child's only parent");
    above.set(`${swarm}/${stripe} ${child}`, `${swarm}/${stripe} ${parent}`);
    const stripes = model.assignment(swarm, child)?.stripes ?? Number.NaN;
    expect(model.assignment(swarm, parent)?.stripes === stripes, edge, "both cut alike");
    used.set(parent, (used.get(parent) ?? 0) + known.rateOf(swarm) / stripes);
    if (parent === 0) continue;
    children.set(parent, (children.get(parent) ?? new Set()).add(child));
    links.set(parent, (links.get(parent) ?? new Set()).add(child));
    links.set(child, (links.get(child) ?? new Set()).add(parent));
  }
  assert.deepEqual(model.edgesFromBelow().map(text).sort(), edges.map(text).sort(), "both ends of an edge know it");
  for (const [id, bps] of used) {
    if (id !== 0 && bps > 0.95 * known.offerBps(id)) assert.fail(`peer ${id}: ${bps} of ${known.offerBps(id)} bit/s`);
  }
  for (const [id, { size }] of children) assert.ok(size <= 12, `peer ${id} sends to ${size}`);
  for (const [id, { size }] of links) assert.ok(size < MAX_LINKS, `peer ${id} has ${size} links`);
  for (const start of above.keys()) {
    let at: string | undefined = start;
    for (let steps = 0; at !== undefined; steps += 1) {
      if (steps > PEERS + 1) assert.fail(`a cycle above ${start}`);
      at = above.get(at);
    }
  }
}

function keyOf({ swarm, peer }: Pick<PlannerCommand, "swarm" | "peer">): string {
  return `${swarm} ${peer}`;
}

test("after any events the plan is whole, possible and without cycles", () => {
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 150, maxLength: 300, size: "max" }),
      fc.nat(),
      serve,
      (events, seed, first) => {
        const model = new PlannerModel(
          createPlanner({ random: seededRandom(seed), minViewers: MIN_VIEWERS, serve: first }),
        );
        const known = new Known();
        const told = new Map<string, string>();
        for (const one of events) {
          known.take(one);
          const commands = model.handle(one);
          if (one.type === "leave") told.delete(keyOf(one));
          if (one.type === "gone")
            for (let id = 1; id <= SWARMS; id += 1) told.delete(keyOf({ swarm: id, peer: one.peer }));
          assert.equal(new Set(commands.map(keyOf)).size, commands.length, "one command a peer and swarm");
          for (const command of commands) {
            const text = JSON.stringify(command);
            assert.notEqual(text, told.get(keyOf(command)), "nobody is told the same twice");
            told.set(keyOf(command), text);
            const present = command.peer === 0 || known.members.get(command.swarm)?.has(command.peer) === true;
            assert.ok(present, `peer ${command.peer} is told though it is not in swarm ${command.swarm}`);
          }
          check(model, known);
        }
      },
    ),
    { numRuns: 100 },
  );
});
