import type { Clock } from "../../../peer/clock.ts";
import type { SwarmMember } from "../../../peer/swarm/member-ports.ts";
import type { OriginTime } from "../../../peer/swarm/origin-time.ts";
import { ORIGIN_PEER } from "../../../protocol/ids.ts";
import type { Manifest } from "../../../protocol/manifest.ts";
import { type Answer, canContinue } from "./answer.ts";
import { Catalogue } from "./catalogue.ts";
import { Flow } from "./flow.ts";
import { PatienceInAll } from "./patience.ts";
import { RecentUrls } from "./recent-urls.ts";
import { type PiecePath, type Reading, type StreamSink, SwarmStream } from "./swarm-stream.ts";

/** Members keep pieces for half a minute: a segment nearly that old may lose some while it is being read. */
const MAX_AGE_MS = 25_000;
/** A swarm that has announced nothing for longer than any segment lasts announces nothing soon. */
const LIVE_MS = 30_000;

export interface SwarmContentOptions {
  readonly member: SwarmMember;
  readonly clock: Clock;
  readonly originTime: OriginTime;
  /** Whether anybody is to send us anything; else all comes as the app's own answers. */
  readonly isFed: () => boolean;
  /** A manifest that was not known before is here. */
  readonly onAnnounced: () => void;
}

/** What a player can have of one swarm; stands before its member, where verified manifests and pieces come in. */
export class SwarmContent {
  readonly #options: SwarmContentOptions;
  readonly #catalogue = new Catalogue();
  readonly #urls = new RecentUrls();
  /** Where the pieces came from that a player may still ask for. */
  readonly #paths = new Map<number, PiecePath>();
  readonly #streams = new Set<SwarmStream>();
  readonly #flow: Flow;
  #announcedMs = Number.NEGATIVE_INFINITY;

  constructor(options: SwarmContentOptions) {
    this.#options = options;
    this.#flow = new Flow(options.clock, (piece) => options.member.piece(piece) !== undefined);
  }

  onManifest(manifest: Manifest, signed: Uint8Array, from: number | undefined): void {
    this.#options.member.onManifest(manifest, signed, from);
    this.#announcedMs = this.#options.clock.nowMs();
    this.#catalogue.add(manifest);
    this.#flow.announced(manifest);
    for (const piece of this.#catalogue.forgetBefore(this.#originMs() - 2 * MAX_AGE_MS)) this.#paths.delete(piece);
    this.#options.onAnnounced();
  }

  onPiece(piece: number, bytes: Uint8Array, from: number | undefined): void {
    this.#paths.set(piece, from === ORIGIN_PEER ? "origin" : "viewer");
    this.#options.member.onPiece(piece, bytes, from);
    this.#flow.came(piece);
    for (const stream of [...this.#streams]) stream.pump();
  }

  expects(from: number, piece: number): boolean {
    return this.#options.member.expects(from, piece);
  }

  piece(piece: number): Uint8Array | undefined {
    return this.#options.member.piece(piece);
  }

  /** The manifest of the content with this URL key, if it is here or young enough to come whole and in time. */
  find(key: string): Manifest | undefined {
    const manifest = this.#catalogue.get(key);
    if (manifest === undefined || this.#ageMs(manifest) >= MAX_AGE_MS) return undefined;
    const mayBegin = canContinue(manifest) && this.#isInTime();
    return mayBegin || this.#flow.isWhole(manifest) ? manifest : undefined;
  }

  /** This path (without query) was asked of the swarm, or a note said that it is the swarm's. */
  asked(path: string): void {
    this.#urls.asked(path);
  }

  /** Whether this path's manifest may be on its way. */
  expectsPath(path: string): boolean {
    const isLive = this.#options.clock.nowMs() - this.#announcedMs < LIVE_MS;
    return isLive && this.#urls.expects(path) && this.#isInTime();
  }

  /** Begins to read a part of a manifest's content. */
  open(manifest: Answer, reading: Reading, sink: StreamSink): SwarmStream {
    const { clock, member } = this.#options;
    const stream = new SwarmStream(
      manifest,
      { ...reading, ageMs: this.#ageMs(manifest), patience: new PatienceInAll(clock, this.#flow.patienceMs) },
      {
        ...sink,
        clock,
        piece: (piece) => {
          const bytes = member.piece(piece);
          return bytes && { bytes, path: this.#paths.get(piece) ?? "viewer" };
        },
        need: (piece, deadlineMs) => member.need(piece, deadlineMs),
        over: () => this.#streams.delete(stream),
      },
    );
    this.#streams.add(stream);
    return stream;
  }

  /** Nothing more will come. */
  close(): void {
    for (const stream of [...this.#streams]) stream.fail("the swarm was left");
  }

  #isInTime(): boolean {
    return this.#options.isFed() && this.#flow.isInTime();
  }

  #ageMs(manifest: Answer): number {
    return this.#originMs() - manifest.timeMs;
  }

  #originMs(): number {
    return this.#options.originTime.nowMs() ?? 0;
  }
}
