import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Claim, Result } from "./result.ts";

const FOLDER = new URL("../browser/", import.meta.url);

/** What a visitor downloads of ours, once for each build. */
export async function size(): Promise<Result> {
  const names = ["sw", "core", "client", "worker", "killer"];
  const rows = names.map((name) => ({ contender: `${name}.js`, rounds: [sizesOf(name)] }));
  const gzipped = (name: string): number => sizesOf(name)["bytes gzipped"] ?? Number.NaN;
  const bar = (what: string, bytes: number, atMost: number): Claim => ({ what, value: bytes, unit: "bytes", atMost });
  return {
    title: "Size of the scripts",
    how: "Minified bundles as they are served, gzip level 9. `core.js` stands in for `sw.js` on sites with a service worker of their own.",
    rows,
    claims: [
      bar("sw.js", gzipped("sw"), 6_144),
      bar("client.js + worker.js", gzipped("client") + gzipped("worker"), 30_720),
    ],
  };
}

function sizesOf(name: string): { bytes: number; "bytes gzipped": number } {
  const bytes = readFileSync(new URL(`${name}.js`, FOLDER));
  return { bytes: bytes.length, "bytes gzipped": gzipSync(bytes, { level: 9 }).length };
}
