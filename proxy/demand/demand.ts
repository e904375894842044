import type { Clock } from "../../peer/clock.ts";
import type { NoteSwarm } from "../../protocol/note.ts";
import type { AppTarget } from "../core/app-target.ts";
import type { AnonymousCopy } from "../live/ask-as-stranger.ts";
import { AskInTurn } from "../live/ask-in-turn.ts";
import { fetchSegment } from "../live/fetch-segment.ts";
import type { SeenPlaylist } from "../live/playlist-rule.ts";
import type { AnswerHead, SegmentRefusal } from "../live/segment-refusal.ts";
import type { Site } from "../live/site.ts";
import type { DemandSwarms } from "./demand-swarms.ts";
import { fetchPart } from "./fetch-part.ts";
import { type FileOutcome, KnownFiles } from "./known-files.ts";
import { Recordings } from "./recordings.ts";
import type { AskForPart } from "./shared-file.ts";

export interface DemandOptions {
  readonly app: Pick<AppTarget, "open">;
  readonly clock: Clock;
  /** Beginnings of paths under which nothing is shared. */
  readonly privatePaths: readonly string[];
  readonly swarms: DemandSwarms;
  /** Whether the URL is a segment of a live stream that is being followed. */
  isLive(site: Site, target: string): boolean;
  /** What became of a file, or of a segment of a recording, when a stranger was asked for. */
  onOutcome(outcome: FileOutcome): void;
  /** A bug of ours that costs a content its swarm. */
  onError(error: unknown): void;
}

/** Pages of 4 MiB, or segments of up to 16 MiB, read at once. */
const READ_AT_ONCE = 4;
const JUDGED_AT_ONCE = 4;
const MOST_WAITING = 64;

/** Decides which on-demand contents viewers may have of each other, and lets them in. */
export class Demand {
  readonly #isLive: DemandOptions["isLive"];
  readonly #files: KnownFiles;
  readonly #recordings: Recordings;

  constructor({ app, ...ports }: DemandOptions) {
    const { clock } = ports;
    const reads = new AskInTurn(READ_AT_ONCE, MOST_WAITING);
    const judgements = new AskInTurn(JUDGED_AT_ONCE, MOST_WAITING);
    const askForPart =
      (turn: AskInTurn): AskForPart =>
      (place) =>
        turn.ask<Awaited<ReturnType<AskForPart>>>(() => fetchPart(app, clock, place), "late");
    this.#isLive = ports.isLive;
    this.#files = new KnownFiles({
      ...ports,
      judge: askForPart(judgements),
      ask: askForPart(reads),
    });
    this.#recordings = new Recordings({
      ...ports,
      fetch: (site, target) =>
        reads.ask<AnonymousCopy | SegmentRefusal | "late">(() => fetchSegment(app, clock, site, target), "late"),
    });
  }

  onPlaylist(seen: SeenPlaylist): void {
    this.#recordings.onPlaylist(seen);
  }

  /** Lets a viewer (undefined: one without a link) into the swarm of the content whose URL the app has just answered it. */
  admit(site: Site, target: string, answer: AnswerHead, peer: number | undefined): NoteSwarm | undefined {
    if (this.#isLive(site, target)) return undefined;
    const recording = this.#recordings.of(site, target);
    if (recording === undefined) return this.#files.admit(site, target, answer, peer);
    if (answer.status !== 200 || peer === undefined) return undefined;
    return this.#recordings.admit(recording, target, answer.headers, peer);
  }
}
