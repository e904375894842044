import assert from "node:assert/strict";
import type { PlannerCommand, PlannerEvent } from "../planner/core/planner-ports.ts";
import { MAX_LINKS } from "../protocol/limits.ts";
import { PlanFacts } from "./plan-facts.ts";

/** A swarm of fewer is not planned. */
const MIN_VIEWERS = 3;
/** Share of an uplink that may be planned, and children that one viewer may have. */
const MOST_SHARE = 0.95;
const MOST_CHILDREN = 12;

type Edge = PlannerCommand["children"][number];

/** One peer's part in one swarm, as it was last told. */
interface Told {
  readonly command: PlannerCommand;
  readonly text: string;
  readonly parents: ReadonlyMap<number, number>;
  readonly children: ReadonlySet<string>;
}

/**
 * The rules that a plan keeps after every step, judged from what peers were told: no cycles, nobody over its uplink or its number of
 * links, no edge that cannot be, both ends of each edge told of it, and nobody told what it knows. A rule that is broken throws.
 */
export class PlanCheck {
  readonly #facts = new PlanFacts();
  readonly #told = new Map<number, Map<number, Told>>();

  /** Takes an event and what the planner made of it, and judges everybody whom either touched. */
  step(event: PlannerEvent, commands: readonly PlannerCommand[]): void {
    const touched = new Map<number, Set<number>>();
    const touch = (swarm: number, peers: Iterable<number>): void => {
      const known = touched.get(swarm) ?? new Set<number>();
      for (const peer of peers) known.add(peer);
      touched.set(swarm, known);
    };
    this.#facts.take(event);
    if ("peer" in event)
      for (const swarm of this.#told.keys()) touch(swarm, [event.peer, ...this.#others(swarm, event.peer)]);
    if (event.type === "rate") touch(event.swarm, this.#told.get(event.swarm)?.keys() ?? []);
    if (event.type === "leave") this.#told.get(event.swarm)?.delete(event.peer);
    if (event.type === "gone") for (const swarm of this.#told.values()) swarm.delete(event.peer);
    assert.equal(new Set(commands.map(keyOf)).size, commands.length, "one command a peer and swarm");
    for (const command of commands) {
      touch(command.swarm, [command.peer, ...this.#others(command.swarm, command.peer)]);
      this.#tell(command);
      touch(command.swarm, this.#others(command.swarm, command.peer));
    }
    for (const [swarm, peers] of touched) for (const peer of peers) this.#judge(swarm, peer);
  }

  /** Judges the whole plan. */
  everybody(): void {
    for (const [swarm, told] of this.#told) for (const peer of told.keys()) this.#judge(swarm, peer);
  }

  #tell(command: PlannerCommand): void {
    const { swarm, peer } = command;
    const told = this.#told.get(swarm) ?? new Map<number, Told>();
    const text = JSON.stringify(command);
    assert.notEqual(text, told.get(peer)?.text, `peer ${peer} of swarm ${swarm} is told what it knows`);
    const present = peer === 0 || this.#facts.members.get(swarm)?.has(peer) === true;
    assert.ok(present, `peer ${peer} is told though it is not in swarm ${swarm}`);
    const parents = new Map(command.parents.map((edge) => [edge.stripe, edge.peer]));
    assert.equal(parents.size, command.parents.length, `peer ${peer} of swarm ${swarm}: one parent a stripe`);
    this.#told.set(swarm, told.set(peer, { command, text, parents, children: new Set(command.children.map(textOf)) }));
  }

  #of(swarm: number, peer: number): Told | undefined {
    return this.#told.get(swarm)?.get(peer);
  }

  #others(swarm: number, peer: number): number[] {
    const command = this.#of(swarm, peer)?.command;
    return command === undefined ? [] : [...command.parents, ...command.children].map((edge) => edge.peer);
  }

  #judge(swarm: number, peer: number): void {
    const told = this.#of(swarm, peer);
    if (told === undefined) return;
    for (const edge of told.command.parents) this.#judgeEdge(swarm, edge.stripe, edge.peer, peer);
    for (const edge of told.command.children) this.#judgeEdge(swarm, edge.stripe, peer, edge.peer);
    for (const stripe of told.parents.keys()) this.#climb(swarm, stripe, peer);
    if (peer !== 0) this.#judgeLoad(peer);
  }

  #judgeEdge(swarm: number, stripe: number, parent: number, child: number): void {
    const members = this.#facts.members.get(swarm) ?? new Set();
    const [above, below] = [this.#of(swarm, parent), this.#of(swarm, child)];
    const expect = (holds: boolean, rule: string): void => {
      if (!holds) assert.fail(`${swarm}/${stripe}: ${parent} > ${child}: ${rule}`);
    };
    expect(members.has(child), "the child is a member");
    expect(parent === 0 || members.has(parent), "the parent is a member");
    expect(members.size >= MIN_VIEWERS, "the swarm is large enough");
    expect(this.#facts.canLink(parent, child), "they can link");
    expect(above?.children.has(textOf({ stripe, peer: child })) === true, "the parent knows it");
    expect(below?.parents.get(stripe) === parent, "the child knows it");
    expect(above?.command.stripes === below?.command.stripes, "both cut alike");
  }

  #climb(swarm: number, stripe: number, peer: number): void {
    const most = this.#told.get(swarm)?.size ?? 0;
    let at: number | undefined = peer;
    for (let steps = 0; at !== undefined; steps += 1) {
      if (steps > most) assert.fail(`${swarm}/${stripe}: a cycle above ${peer}`);
      at = this.#of(swarm, at)?.parents.get(stripe);
    }
  }

  #judgeLoad(peer: number): void {
    let usedBps = 0;
    const children = new Set<number>();
    const links = new Set<number>();
    for (const [swarm, told] of this.#told) {
      const command = told.get(peer)?.command;
      if (command === undefined) continue;
      usedBps += (command.children.length * this.#facts.rateBps(swarm)) / command.stripes;
      for (const child of command.children) children.add(child.peer);
      for (const other of this.#others(swarm, peer)) if (other !== 0) links.add(other);
    }
    const offerBps = this.#facts.offerBps(peer);
    if (usedBps > MOST_SHARE * offerBps) assert.fail(`peer ${peer}: ${usedBps} of ${offerBps} bit/s`);
    assert.ok(children.size <= MOST_CHILDREN, `peer ${peer} sends to ${children.size}`);
    assert.ok(links.size < MAX_LINKS, `peer ${peer} has ${links.size} links`);
  }
}

function keyOf({ swarm, peer }: PlannerCommand): string {
  return `${swarm} ${peer}`;
}

function textOf({ stripe, peer }: Edge): string {
  return `${stripe} ${peer}`;
}
