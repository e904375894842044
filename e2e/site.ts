import { createReadStream, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { pipeline, type Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { lookup } from "mrmime";
import parseRange from "range-parser";
import type { Undo } from "../testing/undo.ts";
import { type Content, readContent } from "./content.ts";

/** The demo's films and songs. */
export const MEDIA_FOLDER = fileURLToPath(new URL("../../demo/site/media", import.meta.url));

/** A site under the test's control, in the test's own process. Pages are `<!doctype html>` + what `pages` says for the path. */
export interface Site {
  readonly url: string;
  readonly port: number;
  /** `/…` → body of the page. */
  readonly pages: Map<string, string>;
  /** `/…` → made-up file; setting another content for a path changes the file under its URL. */
  readonly files: Map<string, Content>;
  /** Asked before all else; true = it has answered. */
  guard: (req: IncomingMessage, res: ServerResponse) => boolean;
  /** "METHOD /path" of all requests, in order. */
  readonly requests: string[];
  /** Answers as the site's own port does, for a server elsewhere. */
  answer(req: IncomingMessage, res: ServerResponse): void;
  /** Breaks all connections and stops listening. */
  down(): Promise<void>;
  /** Listens on the same port again. */
  up(): Promise<void>;
}

/** Serves the demo's media under /media/, `pages` and `files`; ranges, ETags, HEAD and 304 as any static server. */
export async function startSite(undo: Undo): Promise<Site> {
  let server: Server | undefined;
  let port = 0;
  const up = async (): Promise<void> => {
    const next = createServer((req, res) => answer(site, req, res));
    await new Promise<void>((resolve) => next.listen(port, "127.0.0.1", resolve));
    port = (next.address() as AddressInfo).port;
    server = next;
  };
  const down = async (): Promise<void> => {
    const last = server;
    server = undefined;
    if (!last) return;
    await new Promise((resolve) => {
      last.close(resolve);
      last.closeAllConnections();
    });
  };
  const site: Site = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    get port() {
      return port;
    },
    pages: new Map([["/", "<title>Plain</title><p>A page"]]),
    files: new Map(),
    guard: () => false,
    requests: [],
    answer: (req, res) => answer(site, req, res),
    down,
    up,
  };
  await up();
  undo(down);
  return site;
}

function answer(site: Site, req: IncomingMessage, res: ServerResponse): void {
  const { pathname } = new URL(req.url ?? "/", "http://site");
  site.requests.push(`${req.method} ${pathname}`);
  if (site.guard(req, res)) return;
  const page = site.pages.get(pathname);
  if (page !== undefined) {
    res.setHeader("content-type", "text/html; charset=utf-8");
    res.end(`<!doctype html>${page}`);
    return;
  }
  const content = site.files.get(pathname);
  if (content) {
    sendPart(req, res, { ...content, read: (start, end) => readContent(content, start, end) });
    return;
  }
  const file = join(MEDIA_FOLDER, normalize(pathname).replace(/^\/media/, ""));
  const totalBytes = pathname.startsWith("/media/") ? (statSync(file, { throwIfNoEntry: false })?.size ?? 0) : 0;
  if (totalBytes === 0) {
    res.statusCode = 404;
    res.end("not here");
    return;
  }
  sendPart(req, res, {
    name: pathname,
    totalBytes,
    read: (start, end) => createReadStream(file, { start, end: end - 1 }),
  });
}

interface Part extends Content {
  read(start: number, end: number): Readable;
}

function sendPart(req: IncomingMessage, res: ServerResponse, part: Part): void {
  const { modified } = part;
  const etag = `${modified === undefined ? "" : "W/"}"${part.name.replaceAll("/", "-")}-${part.totalBytes}"`;
  const { pathname } = new URL(req.url ?? "/", "http://site");
  res.setHeader("content-type", lookup(pathname) ?? "application/octet-stream");
  res.setHeader("accept-ranges", "bytes");
  res.setHeader("etag", etag);
  if (modified !== undefined) res.setHeader("last-modified", modified);
  if (req.headers["if-none-match"] === etag) {
    res.statusCode = 304;
    res.end();
    return;
  }
  const isFresh = req.headers["if-range"] === undefined || req.headers["if-range"] === (modified ?? etag);
  const ranges = isFresh && req.headers.range ? parseRange(part.totalBytes, req.headers.range) : undefined;
  if (ranges === -1) {
    res.statusCode = 416;
    res.setHeader("content-range", `bytes */${part.totalBytes}`);
    res.end();
    return;
  }
  const range = Array.isArray(ranges) && ranges.length === 1 ? ranges[0] : undefined;
  const [start, end] = range ? [range.start, range.end + 1] : [0, part.totalBytes];
  if (range) {
    res.statusCode = 206;
    res.setHeader("content-range", `bytes ${start}-${end - 1}/${part.totalBytes}`);
  }
  res.setHeader("content-length", end - start);
  if (req.method === "HEAD") res.end();
  else pipeline(part.read(start, end), res, () => undefined);
}
