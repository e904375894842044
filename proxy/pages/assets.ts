import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { CORE_PATH, LEASE_HEADER, LEASE_PATH, PREFIX, SWITCH_PATH, WORKER_PATH } from "../../protocol/paths.ts";
import { INFO_PAGE } from "./info-page.ts";

/** `proxy` serves the working scripts, `uninstall-sw` a service worker that removes itself. */
export type Mode = "proxy" | "uninstall-sw";

export interface AssetOptions {
  readonly mode: Mode;
  readonly stun: readonly string[];
  readonly appHasWorker: boolean;
  /** The origin's public key, where viewers serve each other; see client/config.ts. */
  readonly key?: string | undefined;
  /** See client/config.ts; Infinity: no limit. */
  readonly uploadRatio?: number | undefined;
}

interface Asset {
  readonly body: Buffer;
  readonly gzip: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

const SCRIPT = "text/javascript; charset=utf-8";
const IMMUTABLE = "public, max-age=31536000, immutable";
const CONFIG_MARK = "__TUBER_CONFIG__";
/** What every answer of ours carries: pages with COEP must be able to load it, nobody else's pages need to. */
const COMMON = {
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "x-content-type-options": "nosniff",
};

/** Tuber's own files under `/__tuber/`, with the configuration written into the page's script. */
export class Assets {
  /** Names this build with this configuration; part of every immutable URL. */
  readonly build: string;
  readonly #files: ReadonlyMap<string, Asset>;
  readonly #mode: Mode;

  constructor(options: AssetOptions) {
    this.#mode = options.mode;
    const scripts = {
      client: bundle("client"),
      worker: bundle("worker"),
      demand: bundle("demand"),
      sw: bundle("sw"),
      core: bundle("core"),
    };
    const { stun, appHasWorker, key, uploadRatio } = options;
    this.build = hash(JSON.stringify([scripts, stun, appHasWorker, key, uploadRatio])).slice(0, 10);
    const config = JSON.stringify({ build: this.build, stun, appHasWorker, key, uploadRatio });
    this.#files = new Map([
      [
        "client.js",
        asset(
          scripts.client.replaceAll(CONFIG_MARK, () => config),
          SCRIPT,
          IMMUTABLE,
        ),
      ],
      ["worker.js", asset(scripts.worker, SCRIPT, IMMUTABLE)],
      ["demand.js", asset(scripts.demand, SCRIPT, IMMUTABLE)],
      [WORKER_PATH, serviceWorker(options.mode === "proxy" ? scripts.sw : bundle("killer"))],
      [CORE_PATH, asset(options.mode === "proxy" ? scripts.core : "", SCRIPT, "no-cache")],
      [SWITCH_PATH, asset(bundle("switch"), SCRIPT, "no-cache")],
      [PREFIX, asset(INFO_PAGE, "text/html; charset=utf-8", "no-cache")],
    ]);
  }

  /** The injected tag's script. */
  get scriptPath(): string {
    return `${PREFIX}${this.build}/client.js`;
  }

  /** Answers a request under `/__tuber/` that is for a file of ours; false if it is not. */
  answer(req: IncomingMessage, res: ServerResponse): boolean {
    const path = (req.url ?? "").split("?", 1)[0] ?? "";
    if (path === LEASE_PATH && this.#mode === "proxy") return lease(res);
    const file =
      this.#files.get(path) ?? this.#files.get(/^\/__tuber\/[0-9a-f]{10}\/([a-z]+\.js)$/.exec(path)?.[1] ?? "");
    if (file === undefined) return false;
    send(req, res, file, path);
    return true;
  }
}

function bundle(name: string): string {
  return readFileSync(new URL(`../../browser/${name}.js`, import.meta.url), "utf8");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function asset(text: string, type: string, cacheControl: string, extra: Record<string, string> = {}): Asset {
  const body = Buffer.from(text);
  const headers = { ...COMMON, "content-type": type, "cache-control": cacheControl, vary: "Accept-Encoding", ...extra };
  return { body, gzip: gzipSync(body, { level: 9 }), etag: `"${hash(text).slice(0, 20)}"`, headers };
}

function serviceWorker(text: string): Asset {
  return asset(text, SCRIPT, "no-cache", { "service-worker-allowed": "/" });
}

function lease(res: ServerResponse): boolean {
  res.writeHead(204, { ...COMMON, [LEASE_HEADER]: "1", "cache-control": "no-store" });
  res.end();
  return true;
}

function send(req: IncomingMessage, res: ServerResponse, file: Asset, path: string): void {
  if (req.method !== "GET" && req.method !== "HEAD") {
    res.writeHead(405, { ...COMMON, allow: "GET, HEAD" });
    res.end();
    return;
  }
  if (req.headers["if-none-match"] === file.etag) {
    res.writeHead(304, { ...file.headers, etag: file.etag });
    res.end();
    return;
  }
  const coded = /\bgzip\b/.test(req.headers["accept-encoding"] ?? "");
  const body = coded ? file.gzip : file.body;
  res.writeHead(200, {
    ...file.headers,
    etag: file.etag,
    "content-length": body.byteLength,
    ...(coded ? { "content-encoding": "gzip" } : {}),
    ...(path.endsWith(".js")
      ? {}
      : { "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'" }),
  });
  res.end(req.method === "HEAD" ? undefined : body);
}
