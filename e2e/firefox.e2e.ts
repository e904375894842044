import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { firefoxMissing, launchFirefox } from "../testing/firefox.ts";
import { undoAfter } from "../testing/undo.ts";
import { digestOf, readContent } from "./content.ts";
import { BIG, digestOfBig } from "./film-site.ts";
import { download } from "./in-page.ts";
import { startSite } from "./site.ts";
import { startStack } from "./stack.ts";
import type { Tab } from "./tab.ts";
import { assertSameBytes, carried, playEverything, playedBytes, waitForLink } from "./visit.ts";

const SAMPLES = ["/media/film.mp4", "/media/song.m4a", "/media/vod/chunk-0-001.m4s"];
/** Longer than Firefox lets a service worker live after its last event (30 s). */
const SLOW = { name: "slow", totalBytes: 4_000_000 };
const SLOW_BYTES_PER_S = 100_000;

test("Firefox", { skip: firefoxMissing(), timeout: 240_000 }, async (t) => {
  const undo = undoAfter(t);
  const site = await startSite(undo);
  site.pages.set("/film", `<title>Film</title><video src="/media/film.mp4" muted autoplay></video>`);
  site.files.set("/big.bin", BIG);
  site.files.set("/slow.bin", { ...SLOW, bytesPerS: SLOW_BYTES_PER_S });
  const stack = await startStack(undo, site.url);
  const firefox = await launchFirefox(undo);
  // One in view: a page in the background is not taken under control on its first visit.
  const first = await firefox.newVisitor();
  await playsOverLink(t, first, 0.9, "first");
  await first.close();
  const tab = await firefox.newTab();
  // Not the film's page: Firefox goes on with a film that an earlier page had from the network, and asks nobody again.
  await tab.open(`${stack.url}/`);
  await waitForLink(tab);
  await playsOverLink(t, tab, 0.97, "second");

  const slowTab = await firefox.newTab();
  await slowTab.open(`${stack.url}/`);
  const slow = slowTab.evaluate(download, { url: "/slow.bin" }, 90_000);

  await t.test("gets every kind of file byte for byte", () => assertSameBytes(tab, site.url, SAMPLES));

  await t.test("downloads 100 MB whole", async (t) => {
    const { bytes, digest, error, durationMs } = await tab.evaluate(download, { url: "/big.bin" }, 90_000);
    t.diagnostic(`${(bytes / 1e3 / durationMs).toFixed(1)} MB/s`);
    assert.deepEqual({ bytes, digest, error }, { bytes: BIG.totalBytes, digest: await digestOfBig(), error: "" });
  });

  await t.test("downloads a file whole that takes 40 s to come", async (t) => {
    const { bytes, digest, error, durationMs } = await slow;
    t.diagnostic(`${Math.round(durationMs)} ms`);
    const expected = await digestOf(readContent(SLOW, 0, SLOW.totalBytes));
    assert.deepEqual({ bytes, digest, error }, { bytes: SLOW.totalBytes, digest: expected, error: "" });
    assert.ok(durationMs > 35_000);
  });

  function playsOverLink(t: TestContext, tab: Tab, least: number, visit: string): Promise<void> {
    const name = `plays film, song, HLS and DASH, ${least * 100} % of the bytes over the link on a ${visit} visit`;
    return t.test(name, async (t) => {
      const httpBefore = stack.front.bytes().fromTarget;
      await tab.open(`${stack.url}/film`);
      const { after } = await carried(tab, stack, () => playEverything(tab, 10));
      const http = stack.front.bytes().fromTarget - httpBefore;
      const share = 1 - http / playedBytes(after);
      t.diagnostic(`${(share * 100).toFixed(2)} %: ${http} bytes over HTTP; ${JSON.stringify(after.bytes)}`);
      assert.ok(share >= least, `${share}`);
    });
  }
});
