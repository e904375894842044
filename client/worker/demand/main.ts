// The part of the Tuber worker that on-demand swarms take; loaded when the first is entered.
import type { Clock } from "../../../peer/clock.ts";
import { BrowserFolder } from "../store/folder.ts";
import { Stores } from "../store/stores.ts";
import type { EnterDemand } from "../swarm/swarms.ts";
import { enterDemand } from "./enter-demand.ts";

export function createEnterDemand(clock: Clock): EnterDemand {
  const stores = new Stores(clock, new BrowserFolder());
  return (entry) => enterDemand(entry, (content) => stores.open(content));
}
