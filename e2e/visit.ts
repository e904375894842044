import assert from "node:assert/strict";
import { digestOfUrl } from "./content.ts";
import { download, linked, type Played, playAndSeek, playDash, playHls, type Stats } from "./in-page.ts";
import type { Stack } from "./stack.ts";
import { type Evaluating, loadLibrary, type Tab } from "./tab.ts";

/** Bytes of one part of a visit, counted at the sockets on both sides of Tuber. */
export interface Carried {
  readonly http: number;
  readonly fromSite: number;
  readonly before: Stats;
  readonly after: Stats;
}

/** Runs `part` and answers what it moved. */
export async function carried(tab: Tab, stack: Stack, part: () => Promise<void>): Promise<Carried> {
  const before = await settled(tab);
  const [front, back] = [stack.front.bytes(), stack.back.bytes()];
  await part();
  const after = await settled(tab);
  const http = stack.front.bytes().fromTarget - front.fromTarget;
  return { http, fromSite: stack.back.bytes().fromTarget - back.fromTarget, before, after };
}

/** All that players of this page were given; what they read again comes out of the store, where the link had brought it. */
export function playedBytes({ bytes: { http, origin, store } }: Stats): number {
  return http + origin + store;
}

/** The page hears of its bytes five times a second: its stats, once two looks a beat apart agree. */
async function settled(tab: Tab): Promise<Stats> {
  return tab.evaluate(async () => {
    for (let last = ""; ; ) {
      const now = await window.tuber.stats();
      if (JSON.stringify(now.bytes) === last) return now;
      last = JSON.stringify(now.bytes);
      await new Promise((resolve) => setTimeout(resolve, 450));
    }
  }, null);
}

/** Plays what a media site has: a film with `seeks` random seeks, a song, HLS and DASH to their ends. */
export async function playEverything(tab: Tab, seeks: number): Promise<void> {
  await loadLibrary(tab, "hls");
  await loadLibrary(tab, "shaka");
  assertPlayed(await tab.evaluate(playAndSeek, { selector: "video", seeks, seed: 11 }, 120_000), seeks);
  const song = { url: "/media/song.m4a", kind: "audio" as const, seeks: 3, seed: 5 };
  assertPlayed(await tab.evaluate(playAndSeek, song, 60_000), 3);
  assert.equal((await tab.evaluate(playHls, { url: "/media/vod/master.m3u8", untilS: 59 }, 60_000)).error, "");
  assert.equal((await tab.evaluate(playDash, { url: "/media/vod/manifest.mpd", untilS: 59 }, 60_000)).error, "");
}

export function assertPlayed(played: Played, seeks: number): void {
  assert.equal(played.error, "");
  assert.equal(played.seeks, seeks);
}

/** Each path's bytes through Tuber are those the site itself sends. */
export async function assertSameBytes(tab: Tab, site: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const got = await tab.evaluate(download, { url: path }, 120_000);
    const { status, digest, error } = got;
    assert.deepEqual(
      { path, status, digest, error },
      { path, status: 200, digest: await digestOfUrl(site + path), error: "" },
    );
  }
}

/** Waits until the page's media comes over a link. */
export async function waitForLink(tab: Evaluating): Promise<void> {
  const now = await tab.evaluate(linked, { timeoutMs: 15_000 });
  assert.ok(now.controlled && now.links > 0, `no link: controlled ${now.controlled}, why: ${now.why}`);
}
