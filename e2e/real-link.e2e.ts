import assert from "node:assert/strict";
import { test } from "node:test";
import { NEXT_RANGE_BYTES } from "../protocol/limits.ts";
import { aim } from "../testing/aim.ts";
import { chromiumMissing } from "../testing/browser.ts";
import { namespacesMissing } from "../testing/netns.ts";
import { callOf, startQuietBrowser } from "../testing/quiet-browser.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { type Downloaded, download } from "./in-page.ts";
import { buildLab, type Lab } from "./lab.ts";
import { startSiteInside, startTuber } from "./programs.ts";
import type { Evaluating } from "./tab.ts";
import { waitForLink } from "./visit.ts";

const RATE_BPS = 50_000_000;
/** Four to five seconds of the line. */
const FILE = { name: "film", totalBytes: 30_000_000 };
const SKIP = { skip: namespacesMissing() ?? chromiumMissing(), timeout: 150_000 };

// Why the shares are aims rather than rules: on two cores that run browser, proxy and line they are met in some runs only, because
// usrsctp takes an ACK that comes late for a loss, and halves its window (decision 6).

for (const { queueBytes, least, runs } of [
  { queueBytes: 250_000, least: 0.85, runs: 5 },
  { queueBytes: 64_000, least: 0.75, runs: 3 },
]) {
  test(
    `50 Mbit/s, 40 ms and ${queueBytes / 1000} kB of queue: all over the link, the queue nearly empty`,
    SKIP,
    async (t) => {
      const undo = undoAfter(t);
      const { lab, tabs } = await openLab(undo, queueBytes, 1);
      const [tab] = tabs;
      assert.ok(tab);
      const shares: number[] = [];
      const httpBytes: number[] = [];
      for (let run = 1; run <= runs; run += 1) {
        await lab.relay.call("relayReport", null);
        const httpBefore = (await lab.meter.call("meterBytes", null)).fromTarget;
        const got: Downloaded = await tab.evaluate(download, { url: `/film.mp4?${run}` });
        const { fromTarget: line, missed } = await lab.relay.call("relayReport", null);
        const http = (await lab.meter.call("meterBytes", null)).fromTarget - httpBefore;
        const share = (got.bytes * 8_000) / got.durationMs / RATE_BPS;
        shares.push(share);
        t.diagnostic(
          `${(share * 100).toFixed(1)} % of the line, ${http} bytes over HTTP, missed ${missed}, ${JSON.stringify(line)}`,
        );
        assert.deepEqual([got.bytes, got.error], [FILE.totalBytes, ""]);
        httpBytes.push(http);
        // Nearly empty: a quarter of what a full one costs (250 kB are 40 ms).
        assert.ok(line.queueMs.mean < 10, `a packet waits ${line.queueMs.mean.toFixed(1)} ms on average`);
      }
      await t.test(`at least ${least * 100} % of the line in each of ${runs} runs`, (t) => {
        const figures = shares.map((share) => `${(share * 100).toFixed(1)} %`).join(", ");
        aim(t, Math.min(...shares) >= least, figures);
      });
      // A machine that stops for a second sends the player to HTTP, as it should, for one range of the film.
      const most = Math.max(...httpBytes);
      assert.ok(most <= NEXT_RANGE_BYTES + FILE.totalBytes * 0.01, `${httpBytes.join(", ")} bytes over HTTP`);
      await t.test("less than 1 % over HTTP in each run", (t) => {
        aim(t, most < FILE.totalBytes * 0.01, `${httpBytes.join(", ")} bytes`);
      });
    },
  );
}

test("a second viewer gets its fair half of the line", SKIP, async (t) => {
  const undo = undoAfter(t);
  const { lab, tabs } = await openLab(undo, 250_000, 2);
  const [first, second] = tabs;
  assert.ok(first && second);
  const early = first.evaluate(download, { url: "/film.mp4?long" });
  await lab.relay.call("relayReport", null);
  const later = second.evaluate(download, { url: "/film.mp4?late" });
  const both = await Promise.all([early, later]);
  const { fromTarget: line, clients } = await lab.relay.call("relayReport", null);
  const ratio = Math.min(...both.map((got) => got.durationMs)) / Math.max(...both.map((got) => got.durationMs));
  const shares = both.map((got) => ((got.bytes * 8_000) / got.durationMs / RATE_BPS) * 100);
  t.diagnostic(
    `${shares.map((share) => share.toFixed(1)).join(" and ")} % of the line, ${JSON.stringify({ line, clients })}`,
  );
  assert.ok(ratio >= 0.5, `one took ${ratio.toFixed(2)} of the other's time`);
  await t.test("both at least 40 % while both run", (t) => {
    // Both begin together with the same size: whoever got less than 40 % while both ran ends later than 0.67 of the other's time.
    aim(t, ratio >= 0.67, `one took ${ratio.toFixed(2)} of the other's time`);
  });
});

/** In the page: whether the service worker takes media from the link by now. */
async function comesOverLink(_: null): Promise<boolean> {
  const part = await fetch("/film.mp4?first", { headers: { range: "bytes=0-131071" } });
  await part.arrayBuffer();
  return (await window.tuber.stats()).bytes.origin > 0;
}

async function openLab(undo: Undo, queueBytes: number, viewers: number): Promise<{ lab: Lab; tabs: Evaluating[] }> {
  const uplink = { rateBps: RATE_BPS, delayMs: 20, queueBytes };
  const downlink = { rateBps: 1_000_000_000, delayMs: 20, queueBytes: 1_000_000 };
  const lab = await buildLab(undo, { uplink, downlink, viewers });
  const pages = { "/": "<title>Home</title><p>A page" };
  const upstream = await startSiteInside(undo, lab.home, { pages, files: { "/film.mp4": FILE } });
  await startTuber(undo, { upstream, namespace: lab.home, listen: lab.listen, udpPort: lab.udpPort });
  const tabs: Evaluating[] = [];
  for (const [index, namespace] of lab.viewers.entries()) {
    const browser = await startQuietBrowser(undo, { namespace, secureOrigins: [lab.urlFor(index)] });
    const page = await browser.open(`${lab.urlFor(index)}/`);
    const tab: Evaluating = { evaluate: (run, argument) => page.evaluate(callOf(run, argument)) };
    await waitForLink(tab);
    // The page knows of its link a moment before the service worker does, and HTTP is not limited here: it would carry much in that moment.
    await until(() => tab.evaluate(comesOverLink, null), "media comes over the link");
    tabs.push(tab);
  }
  return { lab, tabs };
}
