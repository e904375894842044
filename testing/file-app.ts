import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Undo } from "./undo.ts";

/** A file that a site has. */
export interface AppFile {
  readonly body: Uint8Array;
  /** Beside `content-type: video/mp4`, an ETag made of the body, and what a range needs; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Default true. */
  readonly ranges?: boolean;
}

/** A plain site of files, each by its path and query, that answers ranges. */
export interface FileApp {
  readonly url: URL;
  readonly files: Map<string, AppFile>;
  /** What strangers (as Tuber asks) were answered: path, range, status. */
  readonly strangers: string[];
  instead: Instead;
}

/** Answers a request in the files' place, if it returns true. */
export type Instead = (req: IncomingMessage, res: ServerResponse) => boolean;

/** Whether Tuber asks by itself, and not a viewer. */
export function isStranger(req: IncomingMessage): boolean {
  return req.headers["user-agent"] === "Tuber";
}

/** Answers strangers alone, in the files' place. */
export function toStrangers(answer: (res: ServerResponse) => void): Instead {
  return (req, res) => {
    if (isStranger(req)) answer(res);
    return isStranger(req);
  };
}

export async function startFileApp(undo: Undo): Promise<FileApp> {
  const files: FileApp["files"] = new Map();
  const strangers: string[] = [];
  const server = createServer((req, res) => {
    res.on("close", () => {
      if (!isStranger(req)) return;
      strangers.push(`${req.url} ${req.headers.range ?? "whole"} ${res.statusCode}`);
    });
    if (!app.instead(req, res)) answer(files.get(req.url ?? ""), req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  undo(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const app: FileApp = { url, files, strangers, instead: () => false };
  return app;
}

function answer(file: AppFile | undefined, req: IncomingMessage, res: ServerResponse): void {
  if (file === undefined) return void res.writeHead(404).end("nothing here");
  const { body, ranges = true } = file;
  const [, from, last] = (ranges && /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? "")) || [];
  const start = Number(from ?? 0);
  const end = Math.min(body.length, last === undefined || last === "" ? body.length : Number(last) + 1);
  const headers = {
    "content-type": "video/mp4",
    etag: `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`,
    "content-length": String(end - start),
    ...(from !== undefined && { "content-range": `bytes ${start}-${end - 1}/${body.length}` }),
    ...file.headers,
  };
  const kept = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  res.writeHead(from === undefined ? 200 : 206, Object.fromEntries(kept)).end(body.subarray(start, end));
}
