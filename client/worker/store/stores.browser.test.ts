import assert from "node:assert/strict";
import { test } from "node:test";
import { chromiumMissing, launchChromium } from "../../../testing/browser.ts";
import { firefoxMissing, launchFirefox } from "../../../testing/firefox.ts";
import { storeSite } from "../../../testing/store-page.ts";
import { undoAfter } from "../../../testing/undo.ts";

const FILM = "00112233445566778899aabbccddeeff";
const OTHER = "ffeeddccbbaa99887766554433221100";
const PIECE_BYTES = 262_144;

/** What a page's worker answers to an order. */
type Call = <R>(...order: (string | number)[]) => Promise<R>;
interface Opened {
  readonly kind: string;
  readonly capacityBytes: number;
  readonly pieces: number[];
}

/** In the page. */
const callInPage = (order: (string | number)[]): Promise<unknown> =>
  (window as unknown as { call(...order: unknown[]): Promise<unknown> }).call(...order);

async function keepsThroughReload(call: Call, reload: () => Promise<unknown>): Promise<void> {
  const first = await call<Opened>("open", FILM);
  assert.deepEqual([first.kind, first.pieces], ["FileStore", []]);
  assert.ok(first.capacityBytes > 10_000_000, `${first.capacityBytes} bytes`);
  assert.equal(await call("put", FILM, 0, PIECE_BYTES), true);
  assert.equal(await call("put", FILM, 99_999, 1_234), true);
  await call("putManifest", FILM, 3, 700);
  await reload();
  assert.deepEqual((await call<Opened>("open", FILM)).pieces, [0, 99_999]);
  assert.equal(await call("isRight", FILM, 0, PIECE_BYTES), true);
  assert.equal(await call("isRight", FILM, 99_999, 1_234), true);
  assert.deepEqual(await call("manifests", FILM), [700]);
  await call("open", OTHER);
  await call("close", OTHER);
  const listed = await call<{ name: string; isRecent: boolean }[]>("list");
  assert.deepEqual(listed.map(({ name }) => name).sort(), [FILM, OTHER]);
  assert.ok(listed.find(({ name }) => name === OTHER)?.isRecent, "a content that was just used counts as such");
}

test("in Chromium what was kept is there after a reload, and a second tab keeps in memory", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const undo = undoAfter(t);
  const url = await storeSite(undo);
  const context = await (await launchChromium(undo)).newContext();
  const page = await context.newPage();
  await page.goto(url);
  const call: Call = (...order) => page.evaluate(callInPage, order) as Promise<never>;
  await keepsThroughReload(call, () => page.reload());
  const second = await context.newPage();
  await second.goto(url);
  const opened = (await second.evaluate(callInPage, ["open", FILM])) as Opened;
  assert.deepEqual([opened.kind, opened.pieces], ["MemoryStore", []]);
});

test("in Firefox what was kept is there after a reload", { skip: firefoxMissing(), timeout: 60_000 }, async (t) => {
  const undo = undoAfter(t);
  const url = await storeSite(undo);
  const tab = await (await launchFirefox(undo)).newTab();
  await tab.open(url);
  const call: Call = (...order) => tab.evaluate(callInPage, order) as Promise<never>;
  await keepsThroughReload(call, () => tab.open(url));
});

test("in Chromium a quota that is used up keeps nothing more, and forgets what was used longest ago", {
  skip: chromiumMissing(),
  timeout: 60_000,
}, async (t) => {
  const undo = undoAfter(t);
  const url = await storeSite(undo);
  const context = await (await launchChromium(undo)).newContext();
  const page = await context.newPage();
  await page.goto(url);
  const call: Call = (...order) => page.evaluate(callInPage, order) as Promise<never>;
  const devTools = await context.newCDPSession(page);
  const origin = new URL(url).origin;
  await call("open", OTHER);
  for (let piece = 0; piece < 8; piece += 1) assert.equal(await call("put", OTHER, piece, 1_000_000), true);
  await devTools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 8_500_000 });
  // Browsers grant a file room in strides, so some more may still fit.
  let refused = 8;
  while (refused < 100 && (await call("put", OTHER, refused, 1_000_000))) refused += 1;
  assert.ok(refused < 30, `${refused} MB were taken`);
  assert.equal(await call("isRight", OTHER, refused - 1, 1_000_000), true);
  assert.equal(await call("isRight", OTHER, refused, 1_000_000), false);
  await call("close", OTHER);
  // What is not in use gives way to what is.
  await call("open", FILM);
  assert.deepEqual(
    (await call<{ name: string }[]>("list")).map(({ name }) => name),
    [FILM],
  );
  assert.equal(await call("put", FILM, 0, 1_000_000), true);
  assert.equal(await call("isRight", FILM, 0, 1_000_000), true);
});
