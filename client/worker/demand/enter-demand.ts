import { createDemandMember } from "../../../peer/swarm/demand-member.ts";
import type { PieceStore } from "../../../peer/swarm/demand-ports.ts";
import type { SwarmEntry } from "../swarm/swarm-entry.ts";
import type { ViewerSwarm } from "../swarm/viewer-swarm.ts";
import { DemandSwarm } from "./demand-swarm.ts";
import { swarmPages } from "./swarm-pages.ts";

/** The swarm of an on-demand content, with what an earlier visit left of it; undefined if its note tells of no content there could be. */
export async function enterDemand(
  entry: SwarmEntry,
  openStore: (content: string) => Promise<PieceStore>,
): Promise<ViewerSwarm | undefined> {
  const pages = swarmPages(entry.ticket.pages);
  if (pages === undefined) return undefined;
  const { self, ticket, clock, random, uploads, digest } = entry;
  const { pagePieces } = pages;
  const store = await openStore(pages.content);
  const size = pages.kind === "file" ? { totalPieces: Math.ceil(pages.totalBytes / pages.pieceBytes) } : {};
  const about = { self, swarm: ticket.swarm, clock, random, uploads, digest, store, pagePieces, ...size };
  const createMember = (onHeld: (piece: number) => void) => createDemandMember({ ...about, onHeld });
  const swarm = new DemandSwarm({ entry, pages, store, createMember });
  void swarm.recall();
  return swarm;
}
