import { parseContentRange } from "../../protocol/ranges.ts";
import type { Answer, Rule } from "../exchange.ts";
import { narrowAcceptEncoding } from "../inject/coding.ts";
import { type PlaylistKind, playlistKind } from "./playlist-kind.ts";
import { readAlong } from "./read-along.ts";
import { type Site, siteOf } from "./site.ts";

/** A playlist that the app gave a viewer. */
export interface SeenPlaylist {
  readonly site: Site;
  /** Its own path and query. */
  readonly target: string;
  readonly kind: PlaylistKind;
  readonly text: string;
}

/** Longer ones are films: an hour of 1 s segments is 200 KiB. */
const MAX_PLAYLIST_BYTES = 2 * 1_024 * 1_024;

/** Reads along when the app answers with a playlist; the answer itself passes untouched. */
export function createPlaylistRule(onPlaylist: (seen: SeenPlaylist) => void): Rule {
  return {
    name: "playlist",
    onRequest(exchange) {
      // Some servers prefer zstd, which Node 20 cannot undo.
      if (playlistKind(exchange.target, "") !== undefined) narrowAcceptEncoding(exchange.headers);
    },
    onAnswer(exchange, answer) {
      const kind = playlistKind(exchange.target, answer.headers.get("content-type") ?? "");
      if (kind === undefined || exchange.method !== "GET" || !isWhole(answer)) return answer;
      const { target } = exchange;
      const site = siteOf(exchange);
      readAlong(answer, MAX_PLAYLIST_BYTES, (text) => onPlaylist({ site, target, kind, text }));
      return answer;
    },
  };
}

/** A browser's own HLS player asks for `bytes=0-`, and gets a part that is everything. */
function isWhole({ status, headers }: Pick<Answer, "status" | "headers">): boolean {
  if (status !== 206) return status === 200;
  const range = parseContentRange(headers.get("content-range") ?? "");
  return range !== undefined && range.start === 0 && range.end === range.total;
}
