/** The part of an HLS media playlist that is worth parsing. */
export interface NewestLines {
  readonly text: string;
  /** Segments left out before it. */
  readonly skipped: number;
}

/** Players of a live stream are closer to its end; those who are not are served as without swarms. */
const NEWEST_SEGMENTS = 100;
/** The parser takes time that grows with the square of a line's length (300 s for 2 MiB, measured). No URL is longer. */
const MAX_LINE_CHARS = 4_096;
const OF_SEGMENT = /^#EXT(INF:|-X-(BYTERANGE|PART):)/;
const OF_PLAYLIST = /^#EXT(M3U|-X-(TARGETDURATION|MEDIA-SEQUENCE|PLAYLIST-TYPE|ENDLIST|PART-INF|SKIP|DEFINE))\b/;

/**
 * The lines of the newest segments (`most` of them) and those that hold for all; keys, dates, advertisements and what is old are left out. Undefined for a
 * master playlist, for what is none, and for one with a line that nobody would write.
 */
export function newestLines(text: string, most = NEWEST_SEGMENTS): NewestLines | undefined {
  if (!/^\uFEFF?#EXTM3U\b/.test(text)) return undefined;
  const head: string[] = [];
  let segment: string[] = [];
  const segments = [segment];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("#EXT-X-STREAM-INF")) return undefined;
    const isUrl = line !== "" && !line.startsWith("#");
    const isOfSegment = isUrl || OF_SEGMENT.test(line);
    if (!isOfSegment && !OF_PLAYLIST.test(line)) continue;
    if (line.length > MAX_LINE_CHARS) return undefined;
    (isOfSegment ? segment : head).push(line);
    if (!isUrl) continue;
    segment = [];
    segments.push(segment);
  }
  // The last one is what comes behind the last whole segment.
  const kept = segments.slice(-most - 1);
  return { text: `${["#EXTM3U", ...head, ...kept.flat()].join("\n")}\n`, skipped: segments.length - kept.length };
}
