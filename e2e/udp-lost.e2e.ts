import assert from "node:assert/strict";
import { test } from "node:test";
import { chromiumMissing, launchChromium } from "../testing/browser.ts";
import { namespacesMissing } from "../testing/netns.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { digestOf, readContent } from "./content.ts";
import { download, playAndSeek, stats } from "./in-page.ts";
import { buildLab, type Lab } from "./lab.ts";
import { startSiteInside, startTuber } from "./programs.ts";
import { newVisitor, type Tab, tabOf } from "./tab.ts";
import { assertPlayed, waitForLink } from "./visit.ts";

const LINE = { rateBps: 100_000_000, delayMs: 5, queueBytes: 250_000 };
const FILE = { name: "big", totalBytes: 40_000_000 };

const SKIP = { skip: namespacesMissing() ?? chromiumMissing(), timeout: 120_000 };

test("in a network that drops UDP everything comes over HTTP, and the page knows why", SKIP, async (t) => {
  const { lab, tab, url } = await visitHome(undoAfter(t));
  await lab.relay.call("blockRelay", true);
  for (const seeks of [2, 3]) {
    await tab.open(`${url}/film`);
    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks, seed: 1 }), seeks);
  }
  const knowsWhy = async (): Promise<boolean> => /UDP/.test((await tab.evaluate(stats, null)).why);
  await until(knowsWhy, "the page says that UDP is blocked", 40_000);
  assert.equal((await tab.evaluate(stats, null)).bytes.origin, 0);
});

test(
  "when UDP is lost in mid-play the film seeks on and a download is whole; when it returns there is a link again",
  SKIP,
  async (t) => {
    const { lab, tab, url } = await visitHome(undoAfter(t));
    await tab.open(`${url}/film`);
    await waitForLink(tab);
    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 1, seed: 1 }), 1);
    const done = tab.evaluate(download, { url: "/big.bin" });
    await until(() => tab.evaluate(() => window.downloadedBytes > 5_000_000, null), "the download has begun");
    await lab.relay.call("blockRelay", true);
    assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks: 4, seed: 2 }), 4);
    const got = await done;
    t.diagnostic(`longest gap ${Math.round(got.longestGapMs)} ms`);
    const digest = await digestOf(readContent(FILE, 0, FILE.totalBytes));
    assert.deepEqual([got.bytes, got.error, got.digest], [FILE.totalBytes, "", digest]);
    // A stall is noticed after 1 s, then the app is asked over HTTP; the rest is for a busy machine.
    assert.ok(got.longestGapMs < 3_000, `${got.longestGapMs} ms`);

    await lab.relay.call("blockRelay", false);
    await until(() => tab.evaluate(async () => (await window.tuber.stats()).links > 0, null), "a link again", 40_000);
  },
);

/** A browser in front of a home with a fast line; nothing is opened yet. */
async function visitHome(undo: Undo): Promise<{ lab: Lab; tab: Tab; url: string }> {
  const lab = await buildLab(undo, { uplink: LINE, downlink: LINE, viewers: 1 });
  const pages = { "/film": `<title>Film</title><video src="/media/film.mp4" muted autoplay></video>` };
  const upstream = await startSiteInside(undo, lab.home, { pages, files: { "/big.bin": FILE } });
  await startTuber(undo, { upstream, namespace: lab.home, listen: lab.listen, udpPort: lab.udpPort });
  const [namespace] = lab.viewers;
  assert.ok(namespace);
  const url = lab.urlFor(0);
  const browser = await launchChromium(undo, { namespace, secureOrigins: [url] });
  return { lab, tab: tabOf(await newVisitor(undo, browser)), url };
}
