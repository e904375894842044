import { createHash } from "node:crypto";
import * as v from "valibot";

/** What one visitor's visits have taught, for the next one. Nothing of where it was or what it watched. */
export interface VisitorRecord {
  /** What its browser is known by, hashed: nobody can pass for it with this (see {@link visitorKey}). */
  readonly key: string;
  /** 0 (banned) … 1, as it was last. */
  readonly reputation: number;
  /** Bits a second, as receivers measured it last; undefined if nobody had. */
  readonly uplinkBps?: number | undefined;
  /** How long its visits last. */
  readonly stayMs: number;
  /** When it was last here, by the origin's clock. */
  readonly seenMs: number;
}

/** A text of lines, read. */
export interface ReadRecords {
  readonly records: readonly VisitorRecord[];
  /** Lines that are none of ours, or not as we wrote them. */
  readonly corrupt: number;
  /** The last line has no end: whoever wrote it was stopped while doing so. */
  readonly isTorn: boolean;
}

const Count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
/** Short names: there is a line for each visitor. */
const Line = v.object({
  k: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
  r: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  u: v.optional(Count),
  s: Count,
  t: Count,
});

/** The name a visitor's record is kept under: its id is 128 random bits, so no list of ids leads back from the hash. */
export function visitorKey(visitor: string): string {
  return createHash("sha256").update(visitor).digest("hex").slice(0, 32);
}

/** One line a record, each with a checksum of its own: what stands in one line does not depend on another. */
export function writeRecords(records: Iterable<VisitorRecord>): string {
  return Array.from(records, ({ key, reputation, uplinkBps, stayMs, seenMs }) => {
    const line = {
      k: key,
      r: Number(reputation.toFixed(4)),
      u: uplinkBps,
      s: Math.round(stayMs),
      t: Math.round(seenMs),
    };
    const text = JSON.stringify(line);
    return `${checksum(text)} ${text}\n`;
  }).join("");
}

/** The records of a text, in its order. A line that is not whole, or not as it was written, is left out. */
export function readRecords(text: string): ReadRecords {
  const lines = text.split("\n");
  const tail = lines.pop() ?? "";
  const read = lines.map(readLine);
  const records = [...read, readLine(tail)].filter((record) => record !== undefined);
  return { records, corrupt: read.filter((record) => record === undefined).length, isTorn: tail !== "" };
}

function readLine(line: string): VisitorRecord | undefined {
  const [sum = "", text = ""] = line.split(/ (.*)/s, 2);
  if (checksum(text) !== sum) return undefined;
  try {
    const { k, r, u, s, t } = v.parse(Line, JSON.parse(text));
    return { key: k, reputation: r, uplinkBps: u, stayMs: s, seenMs: t };
  } catch {
    return undefined;
  }
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
