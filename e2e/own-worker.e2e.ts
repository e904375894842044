import assert from "node:assert/strict";
import { test } from "node:test";
import { build } from "esbuild";
import { chromiumMissing } from "../testing/browser.ts";
import { undoAfter } from "../testing/undo.ts";
import { askWorker, HANDLERS, openWithWorker, register, serveWorker } from "./app-worker.ts";
import { digestOfUrl } from "./content.ts";
import { startFilmVisit } from "./film-site.ts";
import { download, playAndSeek } from "./in-page.ts";
import { assertPlayed, waitForLink } from "./visit.ts";

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
    assert.deepEqual(report, { answered: ["/api/items"], told: ["hello"], strict: worker.strict, core: true });
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
