import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { bigDownload, DOWNLOAD_NAME, DOWNLOAD_SHA256 } from "./big-download.ts";
import { findLive } from "./live-channel.ts";
import type { Resource } from "./resource.ts";
import { respond, respondText } from "./respond.ts";
import { findSiteFile, openFile } from "./site-files.ts";

/** The pages and media beside the sources; the compiled program runs two levels below them. */
const SITE_FOLDER = fileURLToPath(new URL("../../demo/site/", import.meta.url));
const LIVE_PREFIX = "/live/";

export interface SiteOptions {
  /** Milliseconds since 1970: the live channel follows it. */
  readonly nowMs: () => number;
  /** Pages and media; default: the ones of the demo. */
  readonly folder?: string;
}

/** A plain web site, not yet listening: pages, films, a live channel, a big download. It has never heard of Tuber. */
export function createSite(options: SiteOptions): Server {
  const folder = options.folder ?? SITE_FOLDER;
  const find = (urlPath: string) => findResource(urlPath, folder, options.nowMs());
  return createServer((req, res) => {
    void answer(req, res, find).catch(() => res.destroy());
  });
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  find: (urlPath: string) => Promise<Resource | undefined>,
): Promise<void> {
  const urlPath = (req.url ?? "/").replace(/[?#].*$/s, "");
  if (req.method !== "GET" && req.method !== "HEAD") return respondText(res, 405, "Only GET and HEAD.\n");
  if (urlPath === "/download.sha256") return respondText(res, 200, `${DOWNLOAD_SHA256}  ${DOWNLOAD_NAME}\n`);
  const resource = await find(urlPath);
  if (resource === undefined) return respondText(res, 404, "Not found.\n");
  respond(req, res, resource);
}

async function findResource(urlPath: string, folder: string, nowMs: number): Promise<Resource | undefined> {
  if (urlPath === `/download/${DOWNLOAD_NAME}`) return bigDownload();
  if (urlPath.startsWith(LIVE_PREFIX)) {
    return findLive(path.join(folder, "media", "live"), urlPath.slice(LIVE_PREFIX.length), nowMs);
  }
  const player = playerFile(urlPath);
  return player === undefined ? findSiteFile(folder, urlPath) : openFile(player);
}

/** Players come from their own packages; without those the rest of the site still works. */
function playerFile(urlPath: string): string | undefined {
  const require = createRequire(import.meta.url);
  try {
    if (urlPath === "/players/hls.js") return path.join(path.dirname(require.resolve("hls.js")), "hls.min.js");
    if (urlPath === "/players/shaka.js") return require.resolve("shaka-player");
  } catch {
    return undefined;
  }
  return undefined;
}
