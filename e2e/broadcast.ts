import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isServed, livePlaylist, loopIndex, SEGMENT_MS } from "../demo/live-playlist.ts";
import { PACKET_BYTES, padPackets } from "../testing/mpegts-padding.ts";
import { bytesOf } from "./content.ts";

// What the lab's site shows: a live channel and a film, each of 2 Mbit/s and each segment's bytes known to whoever knows its number.

/** Of the live channel: 2 Mbit/s in whole packets. */
const CHANNEL_PACKETS = 2_660;
export const CHANNEL_SEGMENT_BYTES = CHANNEL_PACKETS * PACKET_BYTES;
export const CHANNEL_SEGMENT_MS = SEGMENT_MS;
/** What channels that mean to be shared are advised to list: 40 s (p2p-media-loader's issue 61). */
const CHANNEL_WINDOW_SEGMENTS = 20;
const FILM_SEGMENT_MS = 4_000;
/** Two minutes. */
const FILM_SEGMENTS = 30;

/** The channel again, in three qualities: packets of a segment of each. */
const LADDER: Readonly<Record<string, number>> = { high: CHANNEL_PACKETS, mid: 1_330, low: 700 };

const MEDIA = fileURLToPath(new URL("../../e2e/media/", import.meta.url));
const CHANNEL_NAME = /^\/live\/segment-(\d{1,12})\.ts$/;
const LADDER_NAME = /^\/ladder\/(\w+)\/segment-(\d{1,12})\.ts$/;
const FILM_NAME = /^\/film\/segment-(\d{1,2})\.ts$/;

/** The whole segment at this path, whether or not it is there yet (see {@link isOnAir}); undefined if there is none of this name. */
export function segmentAt(path: string): Buffer | undefined {
  const channel = CHANNEL_NAME.exec(path)?.[1];
  if (channel !== undefined) return padPackets(card(loopIndex(Number(channel))), noise(path, CHANNEL_PACKETS));
  const [, rung = "", number] = LADDER_NAME.exec(path) ?? [];
  const packets = LADDER[rung];
  if (packets !== undefined) return padPackets(card(loopIndex(Number(number))), noise(path, packets));
  const film = Number(FILM_NAME.exec(path)?.[1] ?? Number.NaN);
  if (!(film < FILM_SEGMENTS)) return undefined;
  return padPackets(Buffer.concat([card(2 * film), card(2 * film + 1)]), noise(path, 2 * CHANNEL_PACKETS));
}

/** The live channel has no segments of the future, nor of long ago. */
export function isOnAir(path: string, nowMs: number): boolean {
  const number = CHANNEL_NAME.exec(path)?.[1] ?? LADDER_NAME.exec(path)?.[2];
  return number === undefined || isServed(Number(number), nowMs);
}

/** The playlist at this path; the film's and the channel's are both called `list.m3u8`, `/ladder.m3u8` names those of the qualities. */
export function playlistAt(path: string, nowMs: number): string | undefined {
  const rung = /^\/ladder\/(\w+)\/list\.m3u8$/.exec(path)?.[1];
  const isLive = path === "/live/list.m3u8" || (rung !== undefined && rung in LADDER);
  if (isLive) return livePlaylist(nowMs, CHANNEL_WINDOW_SEGMENTS);
  if (path === "/ladder.m3u8") return ladderPlaylist();
  return path === "/film/list.m3u8" ? filmPlaylist() : undefined;
}

function filmPlaylist(): string {
  const seconds = FILM_SEGMENT_MS / 1000;
  const segments = Array.from({ length: FILM_SEGMENTS }, (_, index) => [`#EXTINF:${seconds},`, `segment-${index}.ts`]);
  const head = ["#EXTM3U", "#EXT-X-VERSION:3", `#EXT-X-TARGETDURATION:${seconds}`, "#EXT-X-PLAYLIST-TYPE:VOD"];
  return `${[...head, ...segments.flat(), "#EXT-X-ENDLIST"].join("\n")}\n`;
}

function ladderPlaylist(): string {
  const rungs = Object.entries(LADDER).flatMap(([name, packets]) => [
    `#EXT-X-STREAM-INF:BANDWIDTH=${(packets * PACKET_BYTES * 8_000) / CHANNEL_SEGMENT_MS},NAME="${name}"`,
    `ladder/${name}/list.m3u8`,
  ]);
  return `${["#EXTM3U", ...rungs].join("\n")}\n`;
}

/** No two segments have the same, nor would it compress. */
function noise(path: string, packets: number): Buffer {
  return bytesOf({ name: path }, 0, packets * PACKET_BYTES);
}

function card(index: number): Buffer {
  return readFileSync(`${MEDIA}card-${String(index).padStart(2, "0")}.mpegts`);
}
