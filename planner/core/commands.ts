import { ORIGIN_PEER } from "../../protocol/ids.ts";
import type { PlannerCommand } from "./planner-ports.ts";
import type { Member, Seat, World } from "./records.ts";

type Edge = PlannerCommand["children"][number];

/** What the members that were touched have to be told, now that the event has been dealt with. */
export function takeCommands(world: World): PlannerCommand[] {
  const commands: PlannerCommand[] = [];
  for (const member of world.touched) {
    if (!isPresent(member)) continue;
    const command = commandOf(member);
    if (isSame(command, member.sent)) continue;
    member.sent = command;
    commands.push(command);
  }
  world.touched.clear();
  return commands;
}

function isPresent({ peer, swarm }: Member): boolean {
  return peer.id === ORIGIN_PEER || swarm.members.get(peer.id)?.peer === peer;
}

function commandOf({ peer, swarm, seats }: Member): PlannerCommand {
  const parents: Edge[] = [];
  const children: Edge[] = [];
  for (const seat of seats) {
    if (seat.parent !== undefined) parents.push({ stripe: seat.stripe, peer: seat.parent.member.peer.id });
    if (seat.children.length === 0) continue;
    for (const child of [...seat.children].sort(byUrgency)) {
      children.push({ stripe: seat.stripe, peer: child.member.peer.id });
    }
  }
  return { type: "assign", swarm: swarm.id, peer: peer.id, stripes: swarm.preset.stripes, parents, children };
}

/** Those who pass the stripe on come first: whole subtrees wait for them. */
function byUrgency(a: Seat, b: Seat): number {
  return Number(b.duty) - Number(a.duty) || a.member.peer.id - b.member.peer.id;
}

/** Nothing assigned is what a member that was never told anything knows already. */
function isSame(command: PlannerCommand, sent: PlannerCommand | undefined): boolean {
  if (sent === undefined) return command.parents.length + command.children.length === 0;
  return (
    command.stripes === sent.stripes &&
    sameEdges(command.parents, sent.parents) &&
    sameEdges(command.children, sent.children)
  );
}

function sameEdges(one: readonly Edge[], other: readonly Edge[]): boolean {
  return (
    one.length === other.length &&
    one.every((edge, index) => edge.stripe === other[index]?.stripe && edge.peer === other[index].peer)
  );
}
