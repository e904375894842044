import type { PeerFacts } from "../planner/core/planner-ports.ts";

/** A share of viewers on mobile networks: behind symmetric NATs, sending nothing. */
const MOBILE = 0.2;
const MOBILE_IPV6 = 0.8;
const FIXED_IPV6 = 0.45;
/** Kinds of NAT on fixed lines; the rest is symmetric. */
const OPEN = 0.12;
const CONE = 0.73;
/** Uplinks of fixed lines: log-normal about this, sigma 1. */
const MEDIAN_BPS = 10_000_000;
const HIGHEST_BPS = 200_000_000;

/** A viewer drawn from a population as surveys of NATs and access lines find it. */
export function drawViewer(random: () => number): PeerFacts {
  const known = { network: "", trusted: false, stayMs: 0 };
  const rest = { ...known, rttMs: 20 + 60 * random() };
  if (random() < MOBILE) {
    return { ...rest, nat: "symmetric", ipv6: random() < MOBILE_IPV6, upload: false, uplinkBps: undefined };
  }
  const kind = random();
  const nat = kind < OPEN ? "open" : kind < OPEN + CONE ? "cone" : "symmetric";
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const uplinkBps = Math.min(HIGHEST_BPS, MEDIAN_BPS * Math.exp(normal));
  return { ...rest, nat, ipv6: random() < FIXED_IPV6, upload: true, uplinkBps };
}
