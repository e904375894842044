/** Where a playlist stands, for the URLs in it: `host` is the one that its viewers see. */
export interface PlaylistPlace {
  readonly host: string;
  /** The playlist's own path and query. */
  readonly target: string;
}

/** Path and query of a URL in a playlist, as a browser resolves it; undefined for other hosts and what is no URL. */
export function segmentTarget(uri: string, { host, target }: PlaylistPlace): string | undefined {
  try {
    const base = new URL(`http://${host}${target}`);
    const url = new URL(uri, base);
    const isHttp = url.protocol === "http:" || url.protocol === "https:";
    return isHttp && url.host === base.host && url.username === "" ? url.pathname + url.search : undefined;
  } catch {
    return undefined;
  }
}
