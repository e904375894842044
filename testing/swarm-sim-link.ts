import type { Clock } from "../peer/clock.ts";
import type { MemberLink, SwarmMember } from "../peer/swarm/member-ports.ts";
import type { Manifest } from "../protocol/manifest.ts";
import type { Parcel, UplinkPort } from "./swarm-sim-uplink.ts";

/** A HAVE on its way. */
export interface Mail {
  readonly link: { readonly open: boolean; readonly from: number };
  readonly dueMs: number;
  readonly base: number;
  readonly bitmap: Uint8Array;
}

/** What a link needs of the peers at its ends. */
export interface SimEnd {
  readonly number: number;
  readonly member: SwarmMember;
  /** Where what this end sends to that peer leaves. */
  uplinkTo(peer: number): UplinkPort;
  /** It takes children and sends them nothing. */
  readonly liar: boolean;
  readonly alive: boolean;
  /** Leaves a HAVE to be read when the peer next does anything: most of what swarms say is HAVEs, and an event each is slow. */
  mail(mail: Mail): void;
  readMail(): void;
  onManifest(manifest: Manifest, signed: Uint8Array, from: number): void;
  onPiece(piece: number, bytes: Uint8Array, from: number): void;
}

/** Signed manifests by their bytes: in the simulation nobody signs. */
export type SimManifests = ReadonlyMap<Uint8Array, Manifest>;

/** One direction of a link between two simulated peers: pieces queue at the sender's uplink, all else only takes time. */
export class SimMemberLink implements MemberLink {
  open = true;
  readonly #clock: Clock;
  readonly #from: SimEnd;
  readonly #to: SimEnd;
  readonly #delayMs: number;
  readonly #manifests: SimManifests;
  readonly #uplink: UplinkPort;
  readonly #queued = new Map<number, Parcel>();

  constructor(options: { clock: Clock; from: SimEnd; to: SimEnd; delayMs: number; manifests: SimManifests }) {
    this.#clock = options.clock;
    this.#from = options.from;
    this.#to = options.to;
    this.#uplink = options.from.uplinkTo(options.to.number);
    this.#delayMs = options.delayMs;
    this.#manifests = options.manifests;
  }

  get from(): number {
    return this.#from.number;
  }

  get peer(): number {
    return this.#to.number;
  }

  sendPiece(piece: number, bytes: Uint8Array, urgent: boolean): void {
    if (this.#from.liar || this.#queued.has(piece)) return;
    const sent = (): void => {
      this.#queued.delete(piece);
      this.#later(() => {
        if (this.#to.member.expects(this.#from.number, piece)) this.#to.onPiece(piece, bytes, this.#from.number);
      });
    };
    const partSent = (): void => this.#later(() => this.#to.member.onProgress(this.#from.number, piece));
    const parcel: Parcel = { bytes: bytes.length, urgent, sent, partSent, state: "waiting" };
    this.#queued.set(piece, parcel);
    this.#uplink.send(parcel);
  }

  dropPiece(piece: number): void {
    const parcel = this.#queued.get(piece);
    if (parcel?.state !== "waiting") return;
    this.#queued.delete(piece);
    this.#uplink.drop(parcel);
  }

  sendManifest(signed: Uint8Array): void {
    const manifest = this.#manifests.get(signed);
    if (manifest !== undefined) this.#later(() => this.#to.onManifest(manifest, signed, this.#from.number));
  }

  sendHave(base: number, bitmap: Uint8Array): void {
    this.#to.mail({ link: this, dueMs: this.#clock.nowMs() + this.#delayMs, base, bitmap });
  }

  sendWant(pieces: readonly number[]): void {
    this.#later(() => this.#to.member.onWant(this.#from.number, pieces));
  }

  sendSkip(pieces: readonly number[]): void {
    this.#later(() => this.#to.member.onSkip(this.#from.number, pieces));
  }

  sendLater(piece: number, delayMs: number): void {
    if (!this.#from.liar) this.#later(() => this.#to.member.onLater(this.#from.number, piece, delayMs));
  }

  queueMs(urgent: boolean): number {
    return this.#uplink.queueMs(urgent);
  }

  rttMs(): number {
    return 2 * this.#delayMs;
  }

  /** Nothing more arrives; what waits at the uplink is dropped. */
  close(): void {
    this.open = false;
    for (const piece of [...this.#queued.keys()]) this.dropPiece(piece);
  }

  #later(arrive: () => void): void {
    this.#clock.after(this.#delayMs, () => {
      if (!this.open || !this.#to.alive) return;
      this.#to.readMail();
      arrive();
    });
  }
}
