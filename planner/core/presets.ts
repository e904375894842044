/** How finely a swarm's stream is cut, and how much of its members' uplinks may be used. */
export interface Preset {
  readonly stripes: number;
  /** Stripes one peer should send another: a lost parent costs this many. */
  readonly stripesPerLink: number;
  /** Share of an uplink that is filled first: bursts drain fast while half is free. */
  readonly softShare: number;
  /** Share of an uplink that is never passed by a new child. */
  readonly fullShare: number;
}

// Source of the figures: simulation of 10 to 10,000 viewers with median uplinks of 10 Mbit/s.

/** Supply is plenty. */
const NORMAL: Preset = { stripes: 4, stripesPerLink: 1, softShare: 0.5, fullShare: 0.75 };
/** Supply is short: finer slots waste less of thin uplinks. */
const SHORT: Preset = { stripes: 8, stripesPerLink: 2, softShare: 0.95, fullShare: 0.95 };
/** Supply over demand, below which it is short, and above which it is so no longer: cutting anew costs every link. */
const SHORT_RATIO = 1.8;
const PLENTY_RATIO = 2.4;

/** Share of an uplink beyond which children are taken away again; the gap to `fullShare` bears measurements that waver. */
export const SHED_SHARE = 0.95;

/** The preset for a swarm whose uplinks in all carry `ratio` times what its viewers take, and that has `now`. */
export function presetFor(ratio: number, now: Preset = NORMAL): Preset {
  return ratio < (now === SHORT ? PLENTY_RATIO : SHORT_RATIO) ? SHORT : NORMAL;
}
