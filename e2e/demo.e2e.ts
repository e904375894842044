import assert from "node:assert/strict";
import { test } from "node:test";
import type { Browser, Page } from "playwright";
import { chromiumMissing, launchChromium } from "../testing/browser.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { startTuber } from "./programs.ts";
import { newVisitor, tabOf } from "./tab.ts";
import { waitForLink } from "./visit.ts";

/** What the panel calls each path of the page's `tuber.stats()`. */
const LABELS = {
  origin: "direct link",
  viewer: "viewers",
  store: "kept here",
  http: "plain HTTP",
  uploaded: "uploaded",
} as const;

test("every page of the demo plays over the link, and its panel says what the page counts", {
  skip: chromiumMissing(),
  timeout: 90_000,
}, async (t) => {
  const undo = undoAfter(t);
  const demo = await startTuber(undo, { upstream: "demo" });
  const browser = await launchChromium(undo);
  for (const name of ["film", "song", "vod", "dash", "live"]) {
    await t.test(name, async (t) => {
      const { page, complaints } = await visit(undoAfter(t), browser);
      await page.goto(`${demo.url}/${name}.html?tuber`);
      // Before that, what a script starts stays with the network.
      await waitForLink(tabOf(page));
      await page.evaluate(() =>
        document
          .querySelector<HTMLMediaElement>("#player")
          ?.play()
          .catch(() => undefined),
      );
      await until(
        () => page.evaluate(() => (document.querySelector<HTMLMediaElement>("#player")?.currentTime ?? 0) > 1),
        "it plays",
      );
      let last = "";
      await until(async () => {
        const { shown, counted } = await page.evaluate(panel, LABELS);
        last = `shown ${JSON.stringify(shown)}, counted ${JSON.stringify(counted)}`;
        return JSON.stringify(shown) === JSON.stringify(counted) && Number(shown.origin) > 0;
      }, "the panel shows what the page counts").catch((fault) => assert.fail(`${fault.message}: ${last}`));
      t.diagnostic(last);
      assert.deepEqual(complaints, []);
    });
  }
});

/** A visitor who was never here before, can look into the panel and notes what the page complains of. */
async function visit(undo: Undo, browser: Browser): Promise<{ page: Page; complaints: string[] }> {
  const page = await newVisitor(undo, browser);
  await page.addInitScript(() => {
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function (init) {
      return attachShadow.call(this, { ...init, mode: "open" });
    };
  });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return { page, complaints };
}

/** Both in MiB with one decimal, by path. */
async function panel(
  labels: Readonly<Record<string, string>>,
): Promise<{ shown: Record<string, string>; counted: Record<string, string> }> {
  const text = [...document.querySelectorAll("div")].map((host) => host.shadowRoot?.textContent ?? "").join("");
  const bytes: Readonly<Record<string, number>> = (await window.tuber.stats()).bytes;
  const shown: Record<string, string> = {};
  const counted: Record<string, string> = {};
  for (const [path, label] of Object.entries(labels)) {
    shown[path] = new RegExp(`^${label} +([0-9.]+) MiB$`, "m").exec(text)?.[1] ?? "nothing";
    counted[path] = ((bytes[path] ?? 0) / 1_048_576).toFixed(1);
  }
  return { shown, counted };
}
