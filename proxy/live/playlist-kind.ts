export type PlaylistKind = "hls" | "dash";

/** What kind of playlist an answer is, by its media type or, since many servers know none for them, by its name. */
export function playlistKind(target: string, contentType: string): PlaylistKind | undefined {
  const type = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  if (/^(application\/(vnd\.apple\.mpegurl|x-mpegurl)|audio\/(x-)?mpegurl)$/.test(type)) return "hls";
  if (type === "application/dash+xml" || type === "video/vnd.mpeg.dash.mpd") return "dash";
  const ending = /\.(m3u8|mpd)$/i.exec(target.split("?", 1)[0] ?? "")?.[1]?.toLowerCase();
  return ending === "m3u8" ? "hls" : ending === "mpd" ? "dash" : undefined;
}
