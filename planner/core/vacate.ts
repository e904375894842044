import { highest } from "./highest.ts";
import { score } from "./means.ts";
import { SHED_SHARE } from "./presets.ts";
import type { Seat } from "./records.ts";
import { freeRoots } from "./settle.ts";
import { isIdle } from "./swarm-index.ts";
import { attach, detach, fits, isRoot, setDuty } from "./tree.ts";

/**
 * Takes a seat out of its tree and ends its duty. The best of its children inherits its place; the others are handed back, each
 * with what is below it, to be placed anew.
 */
export function vacate(seat: Seat): Seat[] {
  const { parent } = seat;
  const orphans = [...seat.children];
  for (const orphan of orphans) detach(orphan);
  detach(seat);
  setDuty(seat, false);
  seat.member.swarm.unplaced.delete(seat);
  if (parent !== undefined) inherit(parent, orphans);
  return orphans.filter((orphan) => orphan.parent === undefined);
}

function inherit(parent: Seat, orphans: readonly Seat[]): void {
  const able = orphans.filter(
    (orphan) =>
      (!isRoot(parent) || maySucceed(parent, orphan)) &&
      fits(parent, orphan, isRoot(parent) ? Number.POSITIVE_INFINITY : SHED_SHARE),
  );
  const heir = highest(able, (orphan) => score(orphan.member) * (orphan.duty ? 2 : 1));
  if (heir === undefined) return;
  if (!heir.duty && isIdle(heir.member)) setDuty(heir, true);
  attach(parent, heir);
}

/** Only who passes on may stand at the top: the origin sends every piece once. */
function maySucceed(root: Seat, heir: Seat): boolean {
  return freeRoots(root) > 0 && (heir.duty || isIdle(heir.member));
}
