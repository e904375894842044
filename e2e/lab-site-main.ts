// The lab's site as a program of its own, for namespaces: `node lab-site-main.js HOST:PORT '{"/path.js":"/a/file.js"}'`; prints its URL.
// It has never heard of Tuber. Pages: `/`, `/mp4`, `/hls`, `/shaka`, and one for each of the files given, which it serves compressed.
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import type { Resource } from "../demo/resource.ts";
import { respond, respondText } from "../demo/respond.ts";
import { isOnAir, playlistAt, segmentAt } from "./broadcast.ts";
import { fileAt } from "./lab-files.ts";
import { labPages } from "./lab-pages.ts";

const require = createRequire(import.meta.url);
const STARTED = new Date();
const [listen = "", more = "{}"] = process.argv.slice(2);
const scripts: Readonly<Record<string, string>> = {
  "/players/hls.js": path.join(path.dirname(require.resolve("hls.js")), "hls.min.js"),
  "/players/shaka.js": require.resolve("shaka-player"),
  ...(JSON.parse(more) as Record<string, string>),
};
/** As real sites send them: else the players' scripts would weigh as much as a segment. */
const zipped = new Map(Object.entries(scripts).map(([name, file]) => [name, gzipSync(readFileSync(file))]));
const pages = labPages();
let playlists = 0;

const server = createServer((req, res) => {
  const { pathname, searchParams } = new URL(req.url ?? "/", "http://site");
  const page = pages.get(pathname);
  const script = zipped.get(pathname);
  const segment = isOnAir(pathname, Date.now()) ? segmentAt(pathname) : undefined;
  const file = fileAt(pathname);
  // `?viewer=` is how one logs in here.
  const login = { "set-cookie": `viewer=${searchParams.get("viewer") ?? "nobody"}; Path=/` };
  if (page !== undefined) send(res, "text/html; charset=utf-8", page, login);
  else if (script) send(res, "text/javascript", script, { "content-encoding": "gzip", vary: "accept-encoding" });
  else if (segment) respond(req, res, resourceOf(pathname, segment));
  else if (file) respond(req, res, file);
  else sendPlaylist(pathname, req, res);
});

/** Each answer has a number and names the viewer it is for, so that whoever holds one can tell whose it is. */
function sendPlaylist(pathname: string, req: IncomingMessage, res: ServerResponse): void {
  const text = playlistAt(pathname, Date.now());
  if (text === undefined) {
    respondText(res, 404, "not here\n");
    return;
  }
  playlists += 1;
  const viewer = /viewer=(\w+)/.exec(req.headers.cookie ?? "")?.[1] ?? "nobody";
  send(res, "application/vnd.apple.mpegurl", `${text}# answer ${playlists} for ${viewer}\n`);
}

function send(res: ServerResponse, type: string, body: string | Buffer, more: Record<string, string> = {}): void {
  const headers = { "content-type": type, "content-length": Buffer.byteLength(body), "cache-control": "no-store" };
  res.writeHead(200, { ...headers, ...more }).end(body);
}

function resourceOf(pathname: string, bytes: Buffer): Resource {
  return {
    type: "video/mp2t",
    sizeBytes: bytes.length,
    etag: `"${pathname.replaceAll("/", "-")}"`,
    modified: STARTED,
    cacheControl: "public, max-age=60",
    open: (start, end) => Readable.from([bytes.subarray(start, end)], { objectMode: false }),
  };
}

const [host = "", port = ""] = listen.split(":");
server.listen(Number(port), host, () => process.stdout.write(`${JSON.stringify({ url: `http://${listen}` })}\n`));
// A pipe on standard input ends with whoever started us.
process.stdin.resume().on("end", () => process.exit(0));
