import { SwarmContent } from "../client/worker/swarm/swarm-content.ts";
import type { Clock } from "../peer/clock.ts";
import { createSwarmMember } from "../peer/swarm/member.ts";
import type { Assignment, SwarmMember } from "../peer/swarm/member-ports.ts";
import { OriginTime } from "../peer/swarm/origin-time.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { Mail, SimEnd, SimMemberLink } from "./swarm-sim-link.ts";
import type { SimLine } from "./swarm-sim-scenario.ts";
import { SIM_SWARM, type SimStream } from "./swarm-sim-stream.ts";
import { SimUplink } from "./swarm-sim-uplink.ts";

/** A simulated peer: the shipped member behind an uplink. */
export class SimPeer implements SimEnd {
  readonly number: number;
  readonly line: SimLine;
  readonly member: SwarmMember;
  readonly uplink: SimUplink;
  /** Its half of each open link. */
  readonly links = new Map<number, SimMemberLink>();
  /** Those the planner wants it to have. */
  wanted = new Set<number>();
  /** What its player can have of the swarm: the shipped contents stand before the member. */
  readonly content: SwarmContent;
  /** A manifest is here that was not known before. */
  onAnnounced: () => void = () => {};
  alive = true;
  readonly #clock: Clock;
  readonly #stream: SimStream;
  readonly #originTime: OriginTime;
  #isFed = false;
  #onManifest: (segment: number) => void = () => {};
  #onPiece: (segment: number) => void = () => {};
  readonly #mail: Mail[] = [];

  constructor(options: {
    number: number;
    line: SimLine;
    clock: Clock;
    random: () => number;
    stream: SimStream;
    pull: boolean;
  }) {
    const { number, line, clock, random, pull } = options;
    this.number = number;
    this.line = line;
    this.#stream = options.stream;
    this.uplink = new SimUplink(clock, line.uplinkBps);
    const uploads = (): boolean => line.uplinkBps > 0;
    const reading: Clock = {
      nowMs: () => clock.nowMs(),
      after: (delayMs, run) =>
        clock.after(delayMs, () => {
          this.readMail();
          run();
        }),
    };
    this.#clock = clock;
    this.#originTime = new OriginTime(clock);
    this.member = createSwarmMember({ self: number, swarm: SIM_SWARM, clock: reading, random, pull, uploads });
    this.content = new SwarmContent({
      member: this.member,
      clock: reading,
      originTime: this.#originTime,
      isFed: () => this.#isFed,
      onAnnounced: () => this.onAnnounced(),
    });
  }

  get liar(): boolean {
    return this.line.liar;
  }

  /** All links share one queue. */
  uplinkTo(): SimUplink {
    return this.uplink;
  }

  /** Tells a player of everything that comes. */
  watch(player: { onManifest(segment: number): void; onPiece(segment: number): void }): void {
    this.#onManifest = (segment) => player.onManifest(segment);
    this.#onPiece = (segment) => player.onPiece(segment);
  }

  assign(assignment: Assignment): void {
    this.member.assign(assignment);
    this.#isFed = assignment.parents.length > 0;
    this.wanted = new Set([...assignment.parents, ...assignment.children].map(({ peer }) => peer));
    this.wanted.delete(this.number);
  }

  mail(mail: Mail): void {
    this.#mail.push(mail);
  }

  readMail(): void {
    if (this.#mail.length === 0 || !this.alive) return;
    const nowMs = this.#clock.nowMs();
    let kept = 0;
    for (const mail of this.#mail) {
      if (mail.dueMs > nowMs) this.#mail[kept++] = mail;
      else if (mail.link.open) this.member.onHave(mail.link.from, mail.base, mail.bitmap);
    }
    this.#mail.length = kept;
  }

  onManifest(manifest: Manifest, signed: Uint8Array, from: number | undefined): void {
    this.#originTime.learn(manifest.timeMs);
    this.content.onManifest(manifest, signed, from);
    this.#onManifest(manifest.segment);
  }

  onPiece(piece: number, bytes: Uint8Array, from: number | undefined): void {
    this.content.onPiece(piece, bytes, from);
    this.#onPiece(this.#stream.segmentOf(piece));
  }

  leave(): void {
    this.alive = false;
    this.member.close();
    this.uplink.close();
  }
}
