/** What the browser says of its storage for this site. */
export interface Estimate {
  readonly quotaBytes: number;
  /** All of the site's, ours among it. */
  readonly usageBytes: number;
}

/** A content that is kept. */
export interface KeptContent {
  readonly name: string;
  readonly bytes: number;
  /** When it was used last, on the browser's wall clock. */
  readonly usedMs: number;
  readonly isOpen: boolean;
}

/** More is of no use to anybody: it is a few films. */
const MAX_BYTES = 4_294_967_296;
const QUOTA_SHARE = 0.2;
/** This much of the quota stays free for the site itself. */
const FREE_SHARE = 0.1;
/** What is open shall be able to grow by this much before the next look. */
const GROWTH_BYTES = 268_435_456;

/** How many bytes all contents together may take. */
export function allowedBytes({ quotaBytes, usageBytes }: Estimate, oursBytes: number): number {
  const freeBytes = quotaBytes - usageBytes - quotaBytes * FREE_SHARE;
  return Math.max(0, Math.floor(Math.min(MAX_BYTES, quotaBytes * QUOTA_SHARE, oursBytes + freeBytes)));
}

/** Which contents go, so that the open ones can grow: those not in use, the one used longest ago first. */
export function toForget(contents: readonly KeptContent[], allowed: number): KeptContent[] {
  let excessBytes = sumOf(contents) + Math.min(GROWTH_BYTES, allowed / 2) - allowed;
  return contents
    .filter(({ isOpen }) => !isOpen)
    .sort((a, b) => a.usedMs - b.usedMs)
    .filter(({ bytes }) => {
      if (excessBytes <= 0) return false;
      excessBytes -= bytes;
      return true;
    });
}

/** By how much each open content may grow, or must shrink (below 0), once the contents to forget are gone. */
export function growthBytes(kept: readonly KeptContent[], allowed: number): number {
  const open = kept.filter(({ isOpen }) => isOpen).length;
  return open === 0 ? 0 : Math.floor((allowed - sumOf(kept)) / open);
}

function sumOf(contents: readonly KeptContent[]): number {
  return contents.reduce((sum, { bytes }) => sum + bytes, 0);
}
