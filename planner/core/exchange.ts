import { drawForwarder, drawStripe } from "./draw.ts";
import { highest } from "./highest.ts";
import { score } from "./means.ts";
import type { Seat, Swarm } from "./records.ts";
import { isUseful, replace } from "./settle.ts";
import { attach, detach, fitsInstead, isInside } from "./tree.ts";

/** How much stronger a forwarder must be to take a place nearer the root: less would move many for little. */
const STRONGER = 1.5;
/** Forwarders a strong one is compared with, its parent and the stripe's first apart. */
const COMPARED = 6;

/** Lets a forwarder drawn by chance change places with a weaker one nearer the root. */
export function exchange(swarm: Swarm): void {
  const stripe = drawStripe(swarm);
  const strong = drawForwarder(swarm, stripe);
  const top = swarm.origin.seats[stripe]?.children.find((seat) => seat.duty);
  if (strong?.parent === undefined || top === undefined || !isUseful(strong)) return;
  const drawn = Array.from({ length: COMPARED }, () => drawForwarder(swarm, stripe));
  const least = score(strong.member) / STRONGER;
  const weaker = [strong.parent, top, ...drawn].filter(
    (seat): seat is Seat =>
      seat?.parent !== undefined && !seat.member.direct && seat.depth < strong.depth && score(seat.member) < least,
  );
  const weak = highest(weaker, (seat) => -seat.depth);
  if (weak === undefined) return;
  if (isInside(strong, weak)) replace(weak, strong);
  else swap(weak, strong);
}

/** Two seats, neither below the other, change places; undone if either cannot take the other's. */
function swap(one: Seat, other: Seat): void {
  const [above, below] = [one.parent, other.parent];
  if (above === undefined || below === undefined) return;
  detach(one);
  detach(other);
  if (fitsInstead(above, other) && fitsInstead(below, one)) {
    attach(above, other);
    // The first edge may have taken what the second needs.
    if (fitsInstead(below, one)) return attach(below, one);
    detach(other);
  }
  attach(above, one);
  attach(below, other);
}
