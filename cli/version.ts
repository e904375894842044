import { readFileSync } from "node:fs";
import * as v from "valibot";

const Package = v.object({ version: v.string() });

/** The version of this Tuber, as its package says. */
export function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return v.parse(Package, JSON.parse(text)).version;
}
