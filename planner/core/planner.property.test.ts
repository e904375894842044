// Whatever happens, in whatever order: the plan that all peers together were told stays one that can work.
import { test } from "node:test";
import fc from "fast-check";
import { PlanCheck } from "../../testing/plan-check.ts";
import { PlannerModel } from "../../testing/planner-model.ts";
import { seededRandom } from "../../testing/random.ts";
import { createPlanner } from "./planner.ts";
import type { NatKind, PeerFacts, PlannerEvent } from "./planner-ports.ts";

const SWARMS = 3;
const PEERS = 24;
const RATE_BPS = 3_000_000;

const swarm = fc.integer({ min: 1, max: SWARMS });
const peer = fc.integer({ min: 1, max: PEERS });
const uplinkBps = fc.constantFrom(300_000, 1_000_000, 3_000_000, 10_000_000, 50_000_000);
const facts: fc.Arbitrary<PeerFacts> = fc.record({
  nat: fc.constantFrom<NatKind>("open", "cone", "cone", "symmetric", "blocked", "unknown"),
  ipv6: fc.boolean(),
  network: fc.constantFrom("", "", "192.0.2.1", "192.0.2.2"),
  upload: fc.constantFrom(true, true, true, false),
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
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("rtt"), peer, other: peer, rttMs: fc.constantFrom(0, 20, 400) }),
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

test("after any events the plan is whole, possible and without cycles", () => {
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 150, maxLength: 300, size: "max" }),
      fc.nat(),
      serve,
      (events, seed, first) => {
        const model = new PlannerModel(createPlanner({ random: seededRandom(seed), serve: first }));
        const check = new PlanCheck();
        for (const [at, one] of events.entries()) {
          check.step(one, model.handle(one));
          if (at % 8 === 0) check.everybody();
        }
      },
    ),
    { numRuns: 100 },
  );
});
