import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";
import { chromiumMissing } from "../testing/browser.ts";
import { undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { digestOfUrl } from "./content.ts";
import { type FilmVisit, startFilmVisit } from "./film-site.ts";
import { download, playAndSeek } from "./in-page.ts";
import { assertPlayed, waitForLink } from "./visit.ts";

/** What {@link workerState} says once the app's worker has the page. */
const THEIRS = "the app's";
/** Chromium leaves the worker that is to be replaced alone while it has been idle for less than 30 s, or until its pages are gone. */
const LOAD_MS = 10_000;
const MOST_LOADS = 4;

/** An app's worker: answers /api by itself, would answer media, counts what it answers and remembers what it is told. */
const HANDLERS = `
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
    if (event.data === "report") event.source.postMessage({ answered, told, strict: (function () { return this === undefined; })() });
    else told.push(event.data);
  });
`;

const WORKBOX = `
  import { precacheAndRoute } from "workbox-precaching";
  import { registerRoute } from "workbox-routing";
  precacheAndRoute([{ url: "/precached.txt", revision: "1" }]);
  registerRoute(({ url }) => url.pathname.startsWith("/media"), async () => new Response("from the app's worker"));
  ${HANDLERS}
`;

async function bundled(format: "iife" | "esm"): Promise<string> {
  const stdin = { contents: WORKBOX, resolveDir: process.cwd(), loader: "js" as const };
  const result = await build({
    stdin,
    bundle: true,
    format,
    write: false,
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return result.outputFiles[0]?.text ?? "";
}

interface AppWorker {
  readonly script: () => Promise<string>;
  readonly type: "classic" | "module";
  readonly strict: boolean;
}

const WORKERS: Record<string, AppWorker> = {
  "a plain worker": { script: async () => HANDLERS, type: "classic", strict: false },
  "a strict worker": { script: async () => `"use strict";\n${HANDLERS}`, type: "classic", strict: true },
  "a Workbox worker": { script: () => bundled("iife"), type: "classic", strict: false },
  "a Workbox module": { script: async () => `${await bundled("esm")}\nexport {};`, type: "module", strict: true },
};

interface Report {
  readonly answered: string[];
  readonly told: unknown[];
  readonly strict: boolean;
}

for (const [name, worker] of Object.entries(WORKERS)) {
  test(`${name} of the app goes on as before, and media comes over the link all the same`, {
    skip: chromiumMissing(),
    timeout: 90_000,
  }, async (t) => {
    const visit = await startFilmVisit(undoAfter(t));
    await openWithWorker(visit, await worker.script(), worker.type);
    const { tab, site } = visit;
    await waitForLink(tab);

    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 3, seed: 4 }), 3);
    const song = await tab.evaluate(download, { url: "/media/song.m4a" });
    assert.equal(song.digest, await digestOfUrl(`${site.url}/media/song.m4a`));
    const { bytes } = await tab.evaluate(() => window.tuber.stats(), null);
    assert.ok(bytes.origin > 900_000, JSON.stringify(bytes));

    assert.equal(await tab.evaluate(async () => (await fetch("/api/items")).text(), null), "from the app's worker");
    const report = await tab.evaluate(askWorker, null);
    assert.deepEqual(report, { answered: ["/api/items"], told: ["hello"], strict: worker.strict });
  });
}

test("a worker of the app for a folder of its own stands beside ours", {
  skip: chromiumMissing(),
  timeout: 90_000,
}, async (t) => {
  const visit = await startFilmVisit(undoAfter(t));
  const { tab, site, stack } = visit;
  serveWorker(visit, "/app/sw.js", HANDLERS);
  site.pages.set("/app/", `<title>App</title><video src="/media/film.mp4" muted autoplay></video>`);
  await tab.open(`${stack.url}/film`);
  await waitForLink(tab);
  await tab.open(`${stack.url}/app/`);
  await tab.evaluate(register, { url: "/app/sw.js", type: "classic" });
  await tab.open(`${stack.url}/app/`);
  await waitForLink(tab);
  assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 3, seed: 4 }), 3);
  const scopes = await tab.evaluate(async () => {
    const all = await navigator.serviceWorker.getRegistrations();
    return all.map((one) => new URL(one.scope).pathname).sort();
  }, null);
  assert.deepEqual(scopes, ["/", "/app/"]);
  assert.deepEqual((await tab.evaluate(askWorker, null)).answered, []);
});

/**
 * The pages register their worker at every load, as apps do. On the first visit nobody knows of it yet, and whichever of the
 * two registers last has the site; from the second on it is the app's. (Neither shows a film: Chromium lets a new worker
 * wait while an old one still has an answer open.)
 */
async function openWithWorker(visit: FilmVisit, script: string, type: "classic" | "module"): Promise<void> {
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

function serveWorker({ site }: FilmVisit, path: string, script: string): void {
  site.guard = (req, res) => {
    const { pathname } = new URL(req.url ?? "/", "http://site");
    const text = pathname === path ? script : pathname === "/precached.txt" ? "precached" : undefined;
    if (text === undefined) return false;
    res.setHeader("content-type", pathname === path ? "text/javascript" : "text/plain");
    res.end(text);
    return true;
  };
}

async function register({ url, type }: { url: string; type: "classic" | "module" }): Promise<void> {
  const registration = await navigator.serviceWorker.register(url, { type });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  while (worker?.state !== "activated")
    await new Promise((resolve) => worker?.addEventListener("statechange", resolve));
}

async function askWorker(_: null): Promise<Report> {
  const { controller } = navigator.serviceWorker;
  const answer = new Promise<Report>((resolve) => {
    navigator.serviceWorker.addEventListener("message", ({ data }) => data.answered && resolve(data));
  });
  controller?.postMessage("hello");
  controller?.postMessage("report");
  return answer;
}
