import type { Clock } from "../clock.ts";
import type { PeerLink } from "../link-ports.ts";
import type { JoinedSwarm } from "./joined-swarm.ts";
import type { SwarmGate, TicketFault } from "./swarm-gate.ts";
import type { SwarmInbox } from "./swarm-inbox.ts";
import type { Verdict } from "./swarm-intake.ts";
import type { SwarmLink } from "./swarm-link.ts";

/**
 * What the peer of a link did wrong; each is dropped. `uninvited`: speaks of a swarm it has shown no ticket for, or we are not in.
 * `bad`: a manifest or piece the origin never made; the link was ended.
 */
export type LinkSwarmsFault = TicketFault | "uninvited" | "manifest-bad" | "piece-bad";

export interface LinkSwarmsOptions {
  readonly clock: Clock;
  readonly peer: number;
  /** What the peer must pass; absent for the origin, which needs no ticket. */
  readonly gate?: SwarmGate;
  readonly onFault: (fault: LinkSwarmsFault) => void;
}

/** A swarm both ends are in. */
interface Shared {
  readonly joined: JoinedSwarm;
  readonly link: SwarmLink;
  cancelTimer: () => void;
}

/** While the origin's clock is not known, or a ticket lasts longer than timers can: look again after this. */
const RECHECK_MS = 60_000;

/** A parent goes on until the planner tells it that we have left. */
const LATE_MS = 10_000;

/**
 * The swarms of one link: brings together what this peer has joined and what the other has shown tickets for, and hands on what the
 * link brings of these alone.
 */
export class LinkSwarms implements SwarmInbox {
  readonly #options: LinkSwarmsOptions;
  readonly #joined = new Map<number, JoinedSwarm>();
  readonly #shared = new Map<number, Shared>();
  /** When swarms that are not shared any more were parted. */
  readonly #partedMs = new Map<number, number>();
  #link: PeerLink | undefined;

  constructor(options: LinkSwarmsOptions) {
    this.#options = options;
  }

  /** The link whose inbox this is; given once, right after it was made. */
  carriedBy(link: PeerLink): void {
    this.#link = link;
    for (const joined of this.#joined.values()) this.#introduce(joined);
  }

  /** This peer takes part in the swarm: the other is shown our ticket. */
  join(joined: JoinedSwarm): void {
    this.leave(joined.swarm);
    this.#joined.set(joined.swarm, joined);
    this.#introduce(joined);
  }

  /** Shows the swarm's present ticket again. */
  renew(swarm: number): void {
    const joined = this.#joined.get(swarm);
    if (joined?.ticket !== undefined) this.#link?.swarm(swarm).sendTicket(joined.ticket);
  }

  leave(swarm: number): void {
    this.#part(swarm);
    this.#joined.delete(swarm);
  }

  async onTicket(ticket: Uint8Array): Promise<void> {
    const outcome = await this.#options.gate?.show(ticket);
    if (typeof outcome === "number") this.#meet(outcome);
    else this.#options.onFault(outcome ?? "uninvited");
  }

  async onManifest(signed: Uint8Array): Promise<void> {
    const intake = signed.length < 4 ? undefined : this.#sharedOrFault(swarmOf(signed))?.joined.intake;
    if (intake !== undefined) this.#judge(await intake.onManifest(signed, this.#options.peer), "manifest-bad");
  }

  expectedBytes(swarm: number, piece: number): number | "late" | undefined {
    const shared = this.#shared.get(swarm);
    if (shared !== undefined) return shared.joined.intake?.expectedBytes(this.#options.peer, piece);
    return this.#isLate(swarm) ? "late" : undefined;
  }

  onProgress(swarm: number, piece: number): void {
    this.#shared.get(swarm)?.joined.member.onProgress(this.#options.peer, piece);
  }

  onPiece(swarm: number, piece: number, bytes: Uint8Array): void {
    const intake = this.#shared.get(swarm)?.joined.intake;
    void intake?.onPiece(piece, bytes, this.#options.peer).then((verdict) => this.#judge(verdict, "piece-bad"));
  }

  onHave(swarm: number, base: number, bitmap: Uint8Array): void {
    this.#sharedOrFault(swarm)?.joined.member.onHave(this.#options.peer, base, bitmap);
  }

  onWant(swarm: number, pieces: readonly number[]): void {
    this.#sharedOrFault(swarm)?.joined.member.onWant(this.#options.peer, pieces);
  }

  onSkip(swarm: number, pieces: readonly number[]): void {
    this.#sharedOrFault(swarm)?.joined.member.onSkip(this.#options.peer, pieces);
  }

  onLater(swarm: number, piece: number, delayMs: number): void {
    this.#sharedOrFault(swarm)?.joined.member.onLater(this.#options.peer, piece, delayMs);
  }

  onClosed(): void {
    for (const swarm of [...this.#shared.keys()]) this.#part(swarm);
    this.#joined.clear();
    this.#link = undefined;
  }

  #introduce(joined: JoinedSwarm): void {
    if (this.#link === undefined) return;
    this.renew(joined.swarm);
    this.#meet(joined.swarm);
  }

  /** Hands the link to the swarm's member, if both ends are in the swarm now. */
  #meet(swarm: number): void {
    const joined = this.#joined.get(swarm);
    if (this.#link === undefined || joined === undefined || this.#shared.has(swarm) || !this.#isOpen(swarm)) return;
    const shared = { joined, link: this.#link.swarm(swarm), cancelTimer: () => {} };
    this.#shared.set(swarm, shared);
    this.#watchTicket(swarm, shared);
    joined.link(shared.link);
  }

  #part(swarm: number): void {
    const shared = this.#shared.get(swarm);
    if (shared === undefined) return;
    this.#shared.delete(swarm);
    this.#partedMs.set(swarm, this.#options.clock.nowMs());
    shared.cancelTimer();
    shared.joined.unlink(shared.link);
    shared.link.close();
  }

  #isOpen(swarm: number): boolean {
    return this.#options.gate?.isOpen(swarm) ?? true;
  }

  /** A child that says nothing is sent nothing either once its ticket has ended. */
  #watchTicket(swarm: number, shared: Shared): void {
    const { gate, clock } = this.#options;
    if (gate === undefined) return;
    const delayMs = Math.min(RECHECK_MS, gate.leftMs(swarm) ?? RECHECK_MS);
    shared.cancelTimer = clock.after(delayMs, () => {
      if (this.#isOpen(swarm)) this.#watchTicket(swarm, shared);
      else this.#part(swarm);
    });
  }

  #sharedOrFault(swarm: number): Shared | undefined {
    const shared = this.#shared.get(swarm);
    if (shared === undefined && !this.#isLate(swarm)) this.#options.onFault("uninvited");
    return shared;
  }

  /** Whether the swarm was shared until lately. */
  #isLate(swarm: number): boolean {
    const partedMs = this.#partedMs.get(swarm);
    return partedMs !== undefined && this.#options.clock.nowMs() - partedMs < LATE_MS;
  }

  #judge(verdict: Verdict, fault: "manifest-bad" | "piece-bad"): void {
    if (verdict !== "bad") return;
    this.#options.onFault(fault);
    this.#link?.hangUp();
  }
}

function swarmOf(signed: Uint8Array): number {
  return new DataView(signed.buffer, signed.byteOffset, signed.byteLength).getUint32(0);
}
