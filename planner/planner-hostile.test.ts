// Viewers that say anything at any time, in any order, again and a hundred times over: the planner's session takes what is true of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseClientSignal } from "../protocol/client-signal.ts";
import { PlanCheck } from "../testing/plan-check.ts";
import { type PlannerClient, plannerRig, report } from "../testing/planner-rig.ts";
import { seededRandom } from "../testing/random.ts";
import { createPlanner } from "./core/planner.ts";
import type { Planner } from "./core/planner-ports.ts";

const CLIENTS = 7;
const SWARMS = 2;
/** More than a pair's messages are let through at once. */
const FLOOD = 150;

type Rig = ReturnType<typeof plannerRig>;

const who = fc.nat({ max: CLIENTS - 1 });
const swarm = fc.integer({ min: 1, max: SWARMS });
const attempt = fc.constantFrom(0, 1, 2, 4_294_967_295);
const count = fc.constantFrom(0, 1, 1_000, 1_000_000, Number.MAX_SAFE_INTEGER);

/** What a client may do, as data, so that a failing run can be made smaller. */
const act = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant("join"),
      who,
      swarm,
      lastsMs: fc.constantFrom(-1, 0, 3_000, 60_000, 60_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("means"), who, upload: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("leave"), who, swarm }) },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("report"),
      who,
      swarm,
      of: who,
      bytes: count,
      busyMs: count,
      missed: count,
      corrupt: count,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("message"),
      who,
      to: who,
      kind: fc.constantFrom("offer", "answer", "failed"),
      attempt,
    }),
  },
  { weight: 4, arbitrary: fc.record({ act: fc.constant("replay"), who, nth: fc.nat() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("mutate"),
      who,
      nth: fc.nat(),
      at: fc.nat(),
      text: fc.string({ maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("flood"), who, nth: fc.nat(), attempt }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("bye"), who }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("away"), who }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("back"), who }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant("time"), ms: fc.constantFrom(10, 1_000, 5_000) }) },
);
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

function candidate(to: number, attempt: number): string {
  return JSON.stringify({ type: "peer", to, message: { kind: "candidate", attempt, candidate: "", mid: "0" } });
}

/** The true planner, whose plan is judged after each step. */
function judged(broken: unknown[], pairs: Set<string>): Planner {
  const planner = createPlanner({ random: seededRandom(1) });
  const check = new PlanCheck();
  return {
    handle(event, nowMs) {
      const commands = planner.handle(event, nowMs);
      for (const { peer, parents, children } of commands) {
        for (const edge of [...parents, ...children]) pairs.add(`${peer} ${edge.peer}`).add(`${edge.peer} ${peer}`);
      }
      try {
        check.step(event, commands);
      } catch (error) {
        broken.push(error);
      }
      return commands;
    },
  };
}

/** Some clients of one session each, and everything they ever said. */
class Crowd {
  readonly broken: unknown[] = [];
  /** Whom the planner ever named to whom; who was away then did not hear it. */
  readonly #pairs = new Set<string>();
  readonly rig: Rig = plannerRig(judged(this.broken, this.#pairs));
  readonly #said: string[] = [];
  readonly #clients: PlannerClient[] = Array.from({ length: CLIENTS }, (_, n) =>
    this.rig.client(n, `198.51.100.${n % 4}`),
  );

  constructor() {
    for (const client of this.#clients) this.#say(client, { type: "means", means: { upload: true } });
  }

  async run(one: Act): Promise<void> {
    if (one.act === "time") this.rig.clock.advance(one.ms);
    else this.#as(this.#client(one.who), one);
    await new Promise(setImmediate);
  }

  /** Nobody hears an older part after a newer one, or of somebody it was never to be linked to. */
  judge(): void {
    for (const { heard, peer } of this.#clients) {
      let seq = 0;
      for (const signal of heard) {
        if (signal.type === "assign") {
          assert.ok(signal.seq > seq, `peer ${peer} hears ${signal.seq} after ${seq}`);
          seq = signal.seq;
        } else if (signal.type === "peer")
          assert.ok(this.#pairs.has(`${peer} ${signal.from}`), `peer ${peer} hears of ${signal.from}`);
      }
    }
  }

  /** Messages of one viewer that reached others. */
  get passed(): number {
    return this.#clients.flatMap(({ heard }) => heard.filter(({ type }) => type === "peer")).length;
  }

  #as(client: PlannerClient, one: Exclude<Act, { act: "time" }>): void {
    switch (one.act) {
      case "join":
        return this.#say(client, {
          type: "join",
          swarm: one.swarm,
          ticket: this.rig.ticketOf(client.peer, one.swarm, one.lastsMs),
        });
      case "means":
        return this.#say(client, { type: "means", means: { upload: one.upload } });
      case "report": {
        const { bytes, busyMs, missed, corrupt } = one;
        const peers = [report(this.#client(one.of).peer, { bytes, busyBytes: bytes, busyMs, missed, corrupt })];
        return this.#say(client, { type: "report", swarm: one.swarm, peers });
      }
      case "message":
        return this.#say(client, {
          type: "peer",
          to: this.#client(one.to).peer,
          message: { kind: one.kind, attempt: one.attempt, sdp: "v=0" },
        });
      case "replay":
        return this.#hear(client, this.#text(one.nth));
      case "mutate": {
        const text = this.#text(one.nth);
        const at = one.at % (text.length + 1);
        return this.#hear(client, text.slice(0, at) + one.text + text.slice(at + one.text.length));
      }
      case "flood":
        for (let time = 0; time < FLOOD; time += 1) {
          this.#hear(client, this.#text(one.nth));
          for (const { peer } of this.#clients) this.#hear(client, candidate(peer, one.attempt));
        }
        return;
      case "leave":
        return this.#say(client, { type: "leave", swarm: one.swarm });
      case "bye":
        return this.#say(client, { type: "bye" });
      case "away":
        return this.rig.server.leave(client.session, client.send);
      case "back":
        this.rig.server.join(client.session, client.send, "198.51.100.9");
    }
  }

  #client(n: number): PlannerClient {
    return this.#clients[n] ?? assert.fail();
  }

  #text(nth: number): string {
    return this.#said[nth % Math.max(1, this.#said.length)] ?? "";
  }

  #say(client: PlannerClient, signal: object): void {
    const text = JSON.stringify(signal);
    this.#said.push(text);
    this.#hear(client, text);
  }

  #hear({ session }: PlannerClient, text: string): void {
    const signal = parseClientSignal(text);
    if (signal !== undefined && signal.type !== "hello" && signal.type !== "ping")
      this.rig.server.signal(session, signal);
  }
}

test("whatever viewers say, in whatever order, the plan keeps its rules and nobody hears what is not for it", async () => {
  let passed = 0;
  const faults = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 60, maxLength: 120, size: "max" }), async (acts) => {
      const crowd = new Crowd();
      for (const one of acts) {
        await crowd.run(one);
        assert.deepEqual(crowd.broken, []);
      }
      crowd.judge();
      crowd.rig.server.swarms();
      passed += crowd.passed;
      for (const fault of crowd.rig.faults) faults.add(fault);
      crowd.rig.server.close();
    }),
    // One seed: what it counts at the end must have happened.
    { numRuns: 40, seed: 1, endOnFailure: true },
  );
  assert.ok(passed > 0);
  const all = ["join-expired", "join-stranger", "relay-flood", "relay-side", "relay-unpaired"];
  const reports = ["report-implausible", "report-unjoined", "report-unpaired"];
  for (const fault of [...all, ...reports]) assert.ok(faults.has(fault), `${fault} was never counted`);
});
