import { LRUCache } from "lru-cache";
import type { Clock } from "../../peer/clock.ts";
import type { NoteSwarm } from "../../protocol/note.ts";
import type { ContentMark } from "../live/same-content.ts";
import { type AnswerHead, targetRefusal } from "../live/segment-refusal.ts";
import type { Site } from "../live/site.ts";
import type { DemandSwarm } from "./demand-swarm.ts";
import type { DemandSwarms } from "./demand-swarms.ts";
import type { PartRefusal } from "./fetch-part.ts";
import { fileHead } from "./file-head.ts";
import { fileMark, isSameMark, isStrongMark, markKey } from "./file-mark.ts";
import { type AskForPart, SharedFile } from "./shared-file.ts";

export interface KnownFilesPorts {
  readonly clock: Clock;
  /** Beginnings of paths under which nothing is shared. */
  readonly privatePaths: readonly string[];
  readonly swarms: Pick<DemandSwarms, "begin" | "admit" | "end">;
  /** Asks for a file's first byte, to judge it. */
  readonly judge: AskForPart;
  /** Asks for a page of a file. */
  readonly ask: AskForPart;
  readonly onOutcome: (outcome: FileOutcome) => void;
  /** A bug of ours that costs this file its swarm. */
  readonly onError: (error: unknown) => void;
}

/**
 * What became of a file when a stranger was asked for. `validator`: nothing tells surely whether two parts are of one version; `differs`:
 * a viewer was given another version; `full`: there are too many swarms.
 */
export type FileOutcome = PartRefusal | "differs" | "full" | "late" | "shared" | "validator";

interface KnownFile {
  shared: { readonly mark: ContentMark; readonly swarm: DemandSwarm } | undefined;
  isAsking: boolean;
  /** The marks of viewers' answers that made us ask, since then. */
  readonly askedFor: Set<string>;
  sinceMs: number;
}

/** A smaller one is delivered before a swarm could help. */
const MIN_FILE_BYTES = 1_048_576;
/** A file is not asked for again for the same version within this time, and for no more than so many versions. */
const REST_MS = 300_000;
const MOST_VERSIONS = 3;
/** URLs remembered, and characters of them. */
const MAX_FILES = 4_096;
const MAX_CHARS = 4_194_304;

/** The files that viewers were given lately, by their URL: each is judged by a stranger's look at its first byte. */
export class KnownFiles {
  readonly #ports: KnownFilesPorts;
  readonly #files = new LRUCache<string, KnownFile>({
    max: MAX_FILES,
    maxSize: MAX_CHARS,
    sizeCalculation: (_file, key) => key.length,
  });

  constructor(ports: KnownFilesPorts) {
    this.#ports = ports;
  }

  /**
   * Lets a viewer (undefined: one without a link) into the swarm of the file that the app's answer to it is of. The first answer of each
   * version makes the file be judged, beside which nobody waits for.
   */
  admit(site: Site, target: string, answer: AnswerHead, peer: number | undefined): NoteSwarm | undefined {
    const mark = fileMark(answer);
    if (mark === undefined || mark.lengthBytes < MIN_FILE_BYTES) return undefined;
    const file = this.#file(site, target);
    const { shared } = file;
    if (shared === undefined || shared.swarm.isOver || !isSameMark(shared.mark, mark)) {
      this.#askFor(file, site, target, mark);
      return undefined;
    }
    return peer === undefined ? undefined : this.#ports.swarms.admit(shared.swarm, peer);
  }

  #file(site: Site, target: string): KnownFile {
    const key = `${site.key}\n${target}`;
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    const file: KnownFile = { shared: undefined, isAsking: false, askedFor: new Set(), sinceMs: 0 };
    this.#files.set(key, file);
    return file;
  }

  #askFor(file: KnownFile, site: Site, target: string, mark: ContentMark): void {
    const nowMs = this.#ports.clock.nowMs();
    if (file.isAsking) return;
    if (nowMs - file.sinceMs >= REST_MS) file.askedFor.clear();
    if (file.askedFor.size === 0) file.sinceMs = nowMs;
    const key = markKey(mark);
    if (file.askedFor.has(key) || file.askedFor.size >= MOST_VERSIONS) return;
    file.askedFor.add(key);
    file.isAsking = true;
    this.#judge(file, site, target, mark)
      .then((outcome) => {
        file.isAsking = false;
        // Nothing was learned of it.
        if (outcome === "late") file.askedFor.delete(key);
        this.#ports.onOutcome(outcome);
      })
      .catch((error: unknown) => this.#ports.onError(error));
  }

  async #judge(file: KnownFile, site: Site, target: string, seen: ContentMark): Promise<FileOutcome> {
    const { swarms, judge, ask, privatePaths } = this.#ports;
    const refusal = targetRefusal(privatePaths, target);
    if (refusal !== undefined) return refusal;
    const part = await judge({ site, target, start: 0, end: 1 });
    if (typeof part === "string") {
      if (part !== "late" && part !== "failed") this.#drop(file);
      return part;
    }
    const { mark, headers } = part;
    if (file.shared !== undefined && !isSameMark(file.shared.mark, mark)) this.#drop(file);
    if (!isStrongMark(mark, headers.get("date"))) return "validator";
    if (!isSameMark(mark, seen)) return "differs";
    const head = fileHead(headers, mark.lengthBytes);
    if (head === undefined) return "head";
    const swarm = swarms.begin(new SharedFile({ site, target, mark, head }, ask));
    file.shared = swarm && { mark, swarm };
    return swarm === undefined ? "full" : "shared";
  }

  /** Strangers are given something else by now. */
  #drop(file: KnownFile): void {
    if (file.shared !== undefined) this.#ports.swarms.end(file.shared.swarm);
    file.shared = undefined;
  }
}
