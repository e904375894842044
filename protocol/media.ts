// What Tuber takes an interest in, by name and by type. The names only decide who is asked; the app's answer decides.

/** Path endings of media that players fetch. Playlists (m3u8, mpd) are never among them: apps count viewers by those. */
export const MEDIA_EXTENSIONS: readonly string[] =
  "mp4 m4v m4a m4s cmfv cmfa cmft cmfm mov webm mkv ts mp3 aac ogg oga ogv opus flac wav".split(" ");

/** Path endings that every browser saves to disk. */
export const DOWNLOAD_EXTENSIONS: readonly string[] =
  "zip 7z rar gz tgz bz2 xz zst tar iso img dmg exe msi deb rpm apk appimage bin jar epub".split(" ");

/** Path endings that a browser's own HLS player asks for; it refuses answers that are not the network's own. */
export const NATIVE_HLS_EXTENSIONS: readonly string[] = "m3u8 ts m4s aac cmfv cmfa cmft cmfm".split(" ");

/** The path's ending in lower case, "" if it has none. */
export function extensionOf(pathname: string): string {
  return /\.([0-9a-z]{1,8})$/i.exec(pathname)?.[1]?.toLowerCase() ?? "";
}

const ARCHIVES =
  /^application\/(octet-stream|zip|x-zip-compressed|gzip|x-gzip|x-tar|x-bzip2?|x-xz|zstd|x-7z-compressed|vnd\.rar|x-rar-compressed|x-iso9660-image|vnd\.debian\.binary-package|vnd\.android\.package-archive|x-apple-diskimage|java-archive|epub\+zip|mp4|ogg)$/;
const ACTIVE =
  /^(text\/(html|css|javascript|xml)|application\/(xhtml\+xml|xml|json|javascript|wasm|pdf)|image\/svg\+xml)\b/;
const PLAYLIST = /^(application\/(vnd\.apple\.mpegurl|x-mpegurl|dash\+xml)|audio\/(x-)?mpegurl)$/;

/**
 * Whether a body of this Content-Type (and Content-Disposition) may travel over a link: media, archives and attachments, never
 * playlists and never anything a browser would run, whatever the URL looks like.
 */
export function isDeliverableType(contentType: string, disposition: string): boolean {
  const type = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  if (PLAYLIST.test(type) || ACTIVE.test(type)) return false;
  if (/^(video|audio)\//.test(type) || ARCHIVES.test(type)) return true;
  return /^\s*attachment\b/i.test(disposition) && type !== "";
}
