import assert from "node:assert/strict";
import { createWriteStream, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import type { Browser } from "playwright";
import { chromiumMissing, launchChromium } from "../testing/browser.ts";
import { nginxMissing, startNginx } from "../testing/nginx.ts";
import { tempDir } from "../testing/temp-dir.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { digestOfUrl, readContent } from "./content.ts";
import { download, removePlayers, type Stats } from "./in-page.ts";
import { startDemoSite } from "./programs.ts";
import { MEDIA_FOLDER } from "./site.ts";
import { type Stack, settledStatus, startStack } from "./stack.ts";
import { newVisitor, tabOf } from "./tab.ts";
import { assertSameBytes, carried, playEverything, playedBytes, waitForLink } from "./visit.ts";

const DOWNLOAD = "/download/tuber-demo-200mb.bin";
const DOWNLOAD_BYTES = 200_000_000;
/** Below --min-size. */
const SMALL = "/media/vod/init-0.m4s";
/** Of every kind one, and the film whole. */
const SAMPLES = ["/media/film.mp4", "/media/song.m4a", "/media/vod/chunk-0-001.m4s", "/media/vod/chunk-1-015.m4s"];

mediaTest("our sample site", chromiumMissing(), async (undo) => startDemoSite(undo));
mediaTest(
  "nginx",
  chromiumMissing() ?? nginxMissing(),
  async (undo) => (await startNginx(undo, await fileTree(undo))).url,
);

function mediaTest(name: string, missing: string | undefined, startUpstream: (undo: Undo) => Promise<string>): void {
  test(`in front of ${name}`, { skip: missing, timeout: 240_000 }, async (t) => {
    const undo = undoAfter(t);
    const upstream = await startUpstream(undo);
    const stack = await startStack(undo, upstream);
    const browser = await launchChromium(undo);
    await warmUp(undo, browser, stack);
    const tab = tabOf(await newVisitor(undo, browser));

    for (const [visit, least] of [
      ["first", 0.9],
      ["second", 0.97],
    ] as const) {
      await t.test(`on a ${visit} visit ${least * 100} % of the players' bytes come over the link`, async (t) => {
        const httpBefore = stack.front.bytes().fromTarget;
        await tab.open(`${stack.url}/film.html`);
        const { after } = await carried(tab, stack, () => playEverything(tab, 20));
        const http = stack.front.bytes().fromTarget - httpBefore;
        const share = 1 - http / playedBytes(after);
        t.diagnostic(`${percent(share)}: ${http} bytes over HTTP, the page included; the page counts ${tell(after)}`);
        assert.ok(share >= least, percent(share));
      });
    }

    await t.test("a 200 MB download arrives whole, 97 % of it over the link", async (t) => {
      const expected = await digestOfUrl(upstream + DOWNLOAD);
      const moved = await carried(tab, stack, async () => {
        const { status, bytes, digest, error, durationMs } = await tab.evaluate(download, { url: DOWNLOAD });
        t.diagnostic(`${(bytes / 1e3 / durationMs).toFixed(1)} MB/s`);
        assert.deepEqual(
          { status, bytes, digest, error },
          { status: 200, bytes: DOWNLOAD_BYTES, digest: expected, error: "" },
        );
      });
      t.diagnostic(`${moved.http} bytes over HTTP; the page counts ${tell(moved.after)}`);
      assert.ok(moved.http <= DOWNLOAD_BYTES * 0.03, `${moved.http} bytes over HTTP`);
    });

    await t.test("every kind of file is the site's, byte for byte", () => assertSameBytes(tab, upstream, SAMPLES));

    await t.test("the counters of the page and of the proxy agree with the sockets", async (t) => {
      await tab.evaluate(removePlayers, null);
      const before = await settledStatus(stack.tuber);
      // The first is too small for a delivery note, so that something goes over HTTP too.
      const files = [SMALL, "/media/film.mp4"];
      const moved = await carried(tab, stack, () => assertSameBytes(tab, upstream, files));
      const after = await settledStatus(stack.tuber);
      const linkBytes = moved.after.bytes.origin - moved.before.bytes.origin;
      const httpBytes = moved.after.bytes.http - moved.before.bytes.http;
      t.diagnostic(`page: ${linkBytes} link, ${httpBytes} HTTP; wire: ${moved.http} HTTP; ${moved.fromSite} from site`);
      assert.equal(linkBytes, after.bytes.origin - before.bytes.origin);
      assert.equal(linkBytes + httpBytes, sizeOf(files));
      // The site's answers also have heads; on HTTP there are also those of notes, and signalling.
      isJustBelow(linkBytes + httpBytes, moved.fromSite);
      assert.ok(httpBytes > 0);
      isJustBelow(httpBytes, moved.http);
      // The proxy counts all that it writes to its sockets, so of these there is nothing else.
      const [proxyHttp, wireHttp] = [after.bytes.http - before.bytes.http, moved.http];
      assert.ok(Math.abs(proxyHttp - wireHttp) < 1_000, `${proxyHttp} by /status, ${wireHttp} on the wire`);
    });
  });
}

function sizeOf(files: readonly string[]): number {
  return files.reduce((total, file) => total + statSync(join(MEDIA_FOLDER, "..", file)).size, 0);
}

/** What was counted of bodies is what went over the wire, but for a few heads. */
function isJustBelow(counted: number, wire: number): void {
  assert.ok(counted <= wire && wire - counted < 4_000, `${counted} counted, ${wire} on the wire`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function tell({ bytes }: Stats): string {
  return `${bytes.origin} over the link, ${bytes.http} over HTTP`;
}

/** The first page of a browser's life is slow in ways that are not ours: somebody else's visit. */
async function warmUp(undo: Undo, browser: Browser, stack: Stack): Promise<void> {
  const tab = tabOf(await newVisitor(undo, browser));
  await tab.open(`${stack.url}/film.html`);
  await waitForLink(tab);
  await tab.close();
}

/** The demo's media as plain files, a page with a film and a big file of noise. */
async function fileTree(undo: Undo): Promise<string> {
  const root = tempDir(undo);
  symlinkSync(MEDIA_FOLDER, join(root, "media"));
  mkdirSync(join(root, "download"));
  const film = `<!doctype html><title>Film</title><video src="/media/film.mp4" muted autoplay></video>`;
  writeFileSync(join(root, "film.html"), film);
  const noise = readContent({ name: "noise", totalBytes: DOWNLOAD_BYTES }, 0, DOWNLOAD_BYTES);
  await pipeline(noise, createWriteStream(join(root, DOWNLOAD)));
  return root;
}
