import assert from "node:assert/strict";
import { test } from "node:test";
import { chromiumMissing, launchChromium } from "../testing/browser.ts";
import { undoAfter } from "../testing/undo.ts";
import { type Site, startSite } from "./site.ts";
import { startStack } from "./stack.ts";
import { newVisitor, type Tab, tabOf } from "./tab.ts";
import { carried, waitForLink } from "./visit.ts";

const WHOLE = { name: "whole", totalBytes: 300_000 };
const PART = { name: "part", totalBytes: 900_000 };
const PART_BYTES = 200_000;

interface Asking {
  readonly path: string;
  readonly headers: Record<string, string>;
}

/** The first two go over the link, the others are left alone. Each has its own URL: browsers answer what they hold by themselves. */
const ASKINGS: readonly Asking[] = [
  { path: "/whole.bin", headers: {} },
  { path: "/part.mp4", headers: { range: `bytes=1000-${999 + PART_BYTES}` } },
  { path: "/part.mp4?beyond", headers: { range: "bytes=900000-" } },
  { path: "/whole.bin?known", headers: { "if-none-match": '"whole-300000"' } },
  { path: "/none.mp4", headers: {} },
];

/** Of one connection, not of the answer: whoever stands between two sides has his own. */
const OF_THE_CONNECTION = ["connection", "keep-alive", "transfer-encoding"];

interface Seen {
  readonly answers: unknown[];
  readonly scriptCookies: string;
}

test("nothing of the app's answer but its body travels otherwise than without Tuber", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const undo = undoAfter(t);
  const site = await startSite(undo);
  site.files.set("/whole.bin", WHOLE).set("/part.mp4", PART);
  const cookies = talkative(site);
  const stack = await startStack(undo, site.url);
  const browser = await launchChromium(undo);

  const plain = tabOf(await newVisitor(undo, browser));
  await plain.open(`${site.url}/`);
  const expected = await see(plain);
  const expectedCookies = cookies.at(-1) ?? "none";
  assert.match(expectedCookies, /hidden-whole\.bin=2/);

  const tab = tabOf(await newVisitor(undo, browser));
  await tab.open(`${stack.url}/`);
  await waitForLink(tab);
  let got: Seen | undefined;
  const { before, after } = await carried(tab, stack, async () => {
    got = await see(tab);
  });
  assert.equal(after.bytes.origin - before.bytes.origin, WHOLE.totalBytes + PART_BYTES);
  assert.deepEqual(got, expected);
  assert.equal(cookies.at(-1), expectedCookies);
});

/** Has the site say much with each file; the cookies that it got back, request by request. */
function talkative(site: Site): string[] {
  const cookies: string[] = [];
  site.guard = (req, res) => {
    const { pathname } = new URL(req.url ?? "/", "http://site");
    if (pathname === "/") return false;
    cookies.push(req.headers.cookie ?? "none");
    const name = pathname.slice(1);
    res.statusMessage = "As you asked";
    res.setHeader("date", "Sat, 21 Nov 2026 10:00:00 GMT");
    res.setHeader("set-cookie", [`open-${name}=1; Path=/; Max-Age=600`, `hidden-${name}=2; HttpOnly; SameSite=Strict`]);
    res.setHeader("vary", ["Cookie", "Accept-Language"]);
    res.setHeader("cache-control", "private, max-age=60");
    res.setHeader("content-disposition", `inline; filename="${name}"`);
    res.setHeader("content-language", "de, fr");
    res.setHeader("link", ["</a>; rel=prev", "</b>; rel=next"]);
    res.setHeader("expires", "Sat, 21 Nov 2026 11:00:00 GMT");
    res.setHeader("x-empty", "");
    res.setHeader("X-Twice", ["1", "2, 3"]);
    return false;
  };
  return cookies;
}

/** What a script of the page sees of every answer, and the cookies then. */
function see(tab: Tab): Promise<Seen> {
  return tab.evaluate(
    async ({ askings, omitted }) => {
      const answers: unknown[] = [];
      for (const { path, headers } of askings) {
        const response = await fetch(path, { headers });
        const { status, statusText, redirected, url } = response;
        const { byteLength } = await response.arrayBuffer();
        const shown = [...response.headers].filter(([name]) => !omitted.includes(name));
        answers.push({ status, statusText, redirected, path: new URL(url).pathname, byteLength, headers: shown });
      }
      // The app is told every cookie once more.
      await fetch("/after");
      return { answers, scriptCookies: document.cookie };
    },
    { askings: ASKINGS, omitted: OF_THE_CONNECTION },
  );
}
