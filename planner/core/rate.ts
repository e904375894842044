import type { Swarm } from "./records.ts";
import { recut, relieveAll, reprice } from "./recut.ts";
import { fittingPreset } from "./swarm.ts";
import { refresh } from "./swarm-index.ts";

/** A rate that differs by less than this share is the same. */
const SAME_RATE = 0.1;
/** Ticks for which supply must have been short, or plenty again, before the stream is cut anew. */
const MISFIT_TICKS = 10;

/** Takes a swarm's rate: with it change what a child costs and how finely the stream should be cut. */
export function setRate(swarm: Swarm, rateBps: number): void {
  if (Math.abs(rateBps - swarm.rateBps) < SAME_RATE * swarm.rateBps) return;
  swarm.rateBps = rateBps;
  if (swarm.index === undefined) return;
  const preset = fittingPreset(swarm, swarm.preset);
  if (preset !== swarm.preset) return recut(swarm, preset);
  reprice(swarm);
  for (const member of swarm.members.values()) refresh(member);
  relieveAll(swarm);
}

/** Once a tick: cuts the stream anew if its viewers' uplinks have called for it long enough. */
export function adaptCut(swarm: Swarm): void {
  const preset = fittingPreset(swarm, swarm.preset);
  swarm.misfitTicks = preset === swarm.preset ? 0 : swarm.misfitTicks + 1;
  if (swarm.misfitTicks < MISFIT_TICKS) return;
  swarm.misfitTicks = 0;
  recut(swarm, preset);
}
