import { DOWNLOAD_PARAM } from "../protocol/paths.ts";
import { ask, askSwarms } from "./ask.ts";
import { Delivery } from "./delivery.ts";
import type { Interest } from "./interest.ts";
import type { Pages } from "./pages.ts";
import { planRequest } from "./request-plan.ts";
import type { Source } from "./source.ts";
import type { Tally } from "./tally.ts";

/** A script's plain answer smaller than this is passed on as it is: nothing is gained by watching over it. */
const WATCH_MIN_BYTES = 4_194_304;

/** Answers one request of ours; whatever goes wrong before the first byte, the network answers as if we were not here. */
export class Answers {
  readonly #pages: Pages;
  readonly #tally: Tally;

  constructor(pages: Pages, tally: Tally) {
    this.#pages = pages;
    this.#tally = tally;
  }

  async answer(request: Request, interest: Interest, clientId: string): Promise<Response> {
    if (interest === "download") return this.#deliver(request, interest, clientId);
    const page = await this.#pages.state(clientId);
    if (page.networkUrls.has(request.url) || page.nativeUrls.has(request.url)) return fetch(request);
    if (interest === "playlist") return this.#playlist(request, clientId, page.nativeUrls);
    try {
      return await this.#deliver(request, interest, clientId);
    } catch {
      return fetch(request);
    }
  }

  async #deliver(request: Request, interest: Interest, clientId: string): Promise<Response> {
    await this.#pages.patience.wait();
    const plan = planRequest(request, interest, this.#pages.provider()?.isConnecting() ?? false);
    const known = await askSwarms(plan, this.#pages.provider());
    const asked = known ?? (await ask(plan, this.#pages.provider(), request, plan.start));
    if (asked.type === "other") {
      // A redirect is for the browser to follow, perhaps to another site.
      return asked.response.type === "opaqueredirect" ? fetch(request) : finish(asked.response, interest, request);
    }
    const { head, response } = asked;
    const size = (head.end ?? 0) - head.start;
    if (response && interest === "segment" && size < WATCH_MIN_BYTES) {
      this.#count(clientId, "http", size);
      return response;
    }
    const delivery = new Delivery(
      plan,
      request,
      {
        provider: () => this.#pages.provider(),
        linkSoon: () => this.#pages.patience.wait(),
        count: (path, bytes) => this.#count(clientId, path, bytes),
        done: this.#tally.opened(),
      },
      asked,
    );
    const { status, statusText, headers } = head;
    return finish(new Response(delivery.body(), { status, statusText, headers }), interest, request);
  }

  #count(clientId: string, path: Source["path"], bytes: number): void {
    this.#tally.count(clientId, path, bytes);
    if (path === "http") this.#pages.patience.spend(bytes);
  }

  /** A native HLS player refuses every answer but the network's; what its playlist names is left to the network, too. */
  async #playlist(request: Request, clientId: string, nativeUrls: Set<string>): Promise<Response> {
    const response = await fetch(request);
    void this.#readPlaylist(response.clone(), clientId, nativeUrls).catch(() => undefined);
    return response;
  }

  async #readPlaylist(response: Response, clientId: string, nativeUrls: Set<string>): Promise<void> {
    const text = await response.text();
    const mapped = [...text.matchAll(/URI="([^"]+)"/g)].map((match) => match[1] ?? "");
    const lines = text.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#"));
    const urls = [...lines, ...mapped].map((path) => new URL(path, response.url).href);
    for (const url of urls) nativeUrls.add(url);
    await this.#pages.tell(clientId, { type: "native-hls", urls });
  }
}

/** Downloads are saved under the name the page asked for; media is always a new Response (see the pinning rule). */
function finish(response: Response, interest: Interest, request: Request): Response {
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  if (interest === "download") headers.set("content-disposition", disposition(request.url, headers));
  const bodiless = status === 204 || status === 205 || status === 304;
  return new Response(bodiless ? null : response.body, { status, statusText, headers });
}

function disposition(url: string, headers: Headers): string {
  const theirs = headers.get("content-disposition") ?? "";
  if (/^\s*attachment\b.*filename/i.test(theirs)) return theirs;
  const parsed = new URL(url);
  const name = parsed.searchParams.get(DOWNLOAD_PARAM) || parsed.pathname.split("/").pop() || "download";
  return `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
}
