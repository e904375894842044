// Sites that have a service worker of their own.
import assert from "node:assert/strict";
import { until } from "../testing/until.ts";
import type { FilmVisit } from "./film-site.ts";

/** What {@link workerState} says once the app's worker has the page. */
const THEIRS = "the app's";
/** Chromium leaves the worker that is to be replaced alone while it has been idle for less than 30 s, or until its pages are gone. */
const LOAD_MS = 10_000;
const MOST_LOADS = 4;

/** An app's worker: answers /api by itself, would answer media, counts what it answers and remembers what it is told. */
export const HANDLERS = `
  const answered = [];
  const told = [];
  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener("fetch", (event) => {
    const { pathname } = new URL(event.request.url);
    if (!pathname.startsWith("/api") && !pathname.startsWith("/media")) return;
    answered.push(pathname);
    event.respondWith(new Response("from the app's worker"));
  });
  self.addEventListener("message", (event) => {
    if (event.data === "report") event.source.postMessage({
      answered, told, strict: (function () { return this === undefined; })(), core: Symbol.for("tuber") in self,
    });
    else told.push(event.data);
  });
`;

/** One that leaves media alone. */
export const MODEST_HANDLERS = HANDLERS.replace(' && !pathname.startsWith("/media")', "");

/** What the app's worker says of itself. */
export interface Report {
  /** Paths. */
  readonly answered: string[];
  readonly told: unknown[];
  readonly strict: boolean;
  /** Our core is in front of it. */
  readonly core: boolean;
}

/**
 * The pages register their worker at every load, as apps do. On the first visit nobody knows of it yet, and whichever of the
 * two registers last has the site; from the second on it is the app's. (Neither shows a film: Chromium lets a new worker
 * wait while an old one still has an answer open.)
 */
export async function openWithWorker(visit: FilmVisit, script: string, type: "classic" | "module"): Promise<void> {
  const { tab, stack, site } = visit;
  serveWorker(visit, "/sw.js", script);
  const registering = `<script>navigator.serviceWorker.register("/sw.js", { type: "${type}" })</script>`;
  site.pages.set("/", `<title>Front</title>${registering}`);
  site.pages.set("/film", `${registering}${site.pages.get("/film")}`);
  const first = await injectedScript(stack.url);
  await tab.open(`${stack.url}/`);
  await until(async () => (await injectedScript(stack.url)) !== first, "Tuber knows that the app has a worker");
  await loadsUntilTheirs(visit, type);
  await tab.open(`${stack.url}/film`);
}

/**
 * Loads the page until the app's worker has control: at the first load, or, where Chromium lets it wait for ours to come to rest (it does
 * on a busy machine), at one of the next.
 */
async function loadsUntilTheirs({ tab, stack }: FilmVisit, type: "classic" | "module"): Promise<void> {
  let state = "";
  const isTheirs = async (): Promise<boolean> => {
    state = await tab.evaluate(workerState, type);
    return state === THEIRS;
  };
  for (let loads = 1; loads <= MOST_LOADS && state !== THEIRS; loads += 1) {
    await tab.open(`${stack.url}/`);
    await until(isTheirs, "", LOAD_MS).catch(() => false);
  }
  assert.equal(state, THEIRS);
}

/** Registrations are done in their order: once this one is, none that an earlier page asked for can still come. */
async function workerState(type: "classic" | "module"): Promise<string> {
  const { installing, waiting, active } = await navigator.serviceWorker.register("/sw.js", { type });
  const { controller } = navigator.serviceWorker;
  const isSettled = !installing && !waiting && controller !== null && controller === active;
  if (isSettled && new URL(active.scriptURL).pathname === "/sw.js") return "the app's";
  const all = Object.entries({ installing, waiting, active, controller });
  return all.map(([role, worker]) => `${role} ${worker && `${worker.scriptURL} ${worker.state}`}`).join(", ");
}

/** The tag's script, whose name changes with what pages are told. */
async function injectedScript(url: string): Promise<string | undefined> {
  const page = await fetch(`${url}/`, { headers: { "sec-fetch-dest": "document", accept: "text/html" } });
  return /\/__tuber\/\w+\/client\.js/.exec(await page.text())?.[0];
}

/** The site answers this path with this script, as long as nothing else guards it. */
export function serveWorker({ site }: FilmVisit, path: string, script: string): void {
  site.guard = (req, res) => {
    const { pathname } = new URL(req.url ?? "/", "http://site");
    const text = pathname === path ? script : pathname === "/precached.txt" ? "precached" : undefined;
    if (text === undefined) return false;
    res.setHeader("content-type", pathname === path ? "text/javascript" : "text/plain");
    res.end(text);
    return true;
  };
}

/** Resolves once the worker is activated. */
export async function register({ url, type }: { url: string; type: "classic" | "module" }): Promise<void> {
  const registration = await navigator.serviceWorker.register(url, { type });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  while (worker?.state !== "activated")
    await new Promise((resolve) => worker?.addEventListener("statechange", resolve));
}

/** Asks the worker that has the page. */
export async function askWorker(_: null): Promise<Report> {
  const { controller } = navigator.serviceWorker;
  const answer = new Promise<Report>((resolve) => {
    navigator.serviceWorker.addEventListener("message", ({ data }) => data.answered && resolve(data));
  });
  controller?.postMessage("hello");
  controller?.postMessage("report");
  return answer;
}
