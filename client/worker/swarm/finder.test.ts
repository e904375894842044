import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { Manifest } from "../../../protocol/manifest.ts";
import { TestClock } from "../../../testing/clock.ts";
import { manifestOf } from "../../../testing/manifests.ts";
import { keyText } from "./catalogue.ts";
import { Finder } from "./finder.ts";

const URL_1 = "https://site.test/live/1.ts?token=x#t";

function rig(expects: boolean) {
  const clock = new TestClock();
  const known = new Map<string, Manifest>();
  const asked: string[] = [];
  const swarm = {
    find: (key: string) => known.get(key),
    asked: (path: string) => asked.push(path),
    awaits: () => expects,
  };
  const digest = async (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
  const finder = new Finder({ clock, digest, swarms: () => [swarm] });
  const announce = (pathAndQuery: string): Manifest => {
    const manifest = manifestOf(new Uint8Array(10), { url: pathAndQuery });
    known.set(keyText(manifest.urlKey), manifest);
    finder.announced();
    return manifest;
  };
  return { clock, finder, asked, announce };
}

/** What `found` settles to if that needs no time to pass. */
async function now<T>(found: Promise<T>): Promise<T | "waiting"> {
  return Promise.race([found, new Promise<"waiting">((resolve) => setImmediate(() => resolve("waiting")))]);
}

test("a URL is known by its path and query, and the swarm hears that it was asked for", async () => {
  const { finder, asked, announce } = rig(false);
  const manifest = announce("/live/1.ts?token=x");
  assert.equal((await finder.find(URL_1))?.answer, manifest);
  assert.equal(await finder.find("https://site.test/live/1.ts"), undefined);
  assert.deepEqual(asked, ["/live/1.ts"]);
});

test("what no swarm expects is not waited for", async () => {
  assert.equal(await now(rig(false).finder.find(URL_1)), undefined);
});

test("a manifest that is expected is waited for, and taken the moment it comes", async () => {
  const { finder, announce } = rig(true);
  const finding = finder.find(URL_1);
  assert.equal(await now(finding), "waiting");
  announce("/live/other.ts");
  assert.equal(await now(finding), "waiting");
  const manifest = announce("/live/1.ts?token=x");
  const found = await now(finding);
  assert.equal(found === "waiting" ? found : found?.answer, manifest);
});

test("it is waited for 300 ms and no longer", async () => {
  const { finder, clock } = rig(true);
  const finding = finder.find(URL_1);
  await now(finding);
  clock.advance(299);
  assert.equal(await now(finding), "waiting");
  clock.advance(1);
  assert.equal(await now(finding), undefined);
  assert.equal(clock.pending(), 0);
});
