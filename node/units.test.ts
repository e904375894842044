import assert from "node:assert/strict";
import test from "node:test";
import { formatBytes, parseDurationMs, parseRateBps, parseSizeBytes } from "./units.ts";

test("a duration needs a unit and may have a fraction", () => {
  const cases = { "500ms": 500, "30s": 30_000, "1.5h": 5_400_000, "2 m": 120_000, "7d": 604_800_000 };
  for (const [text, ms] of Object.entries(cases)) assert.equal(parseDurationMs(text), ms, text);
  for (const text of ["30", "", "s", "-1s", "1x", "1 month", "1e3s", "constructor"]) {
    assert.equal(parseDurationMs(text), undefined, text);
  }
});

test("a size tells powers of two from powers of ten and minds the case", () => {
  const cases = { "64KiB": 65_536, "1.5MiB": 1_572_864, "2GB": 2e9, "7B": 7, "10 kB": 10_000 };
  for (const [text, bytes] of Object.entries(cases)) assert.equal(parseSizeBytes(text), bytes, text);
  for (const text of ["64", "64kib", "64K", "mb", "1 0MB"]) assert.equal(parseSizeBytes(text), undefined, text);
});

test("a rate is bits a second and needs its unit", () => {
  const cases = { "20Mbit": 2e7, "800 kbit": 8e5, "1.5Gbit": 1.5e9 };
  for (const [text, bps] of Object.entries(cases)) assert.equal(parseRateBps(text), bps, text);
  for (const text of ["20", "20MB", "20mbit", "20Mbit/s"]) assert.equal(parseRateBps(text), undefined, text);
});

test("bytes are written with three digits or so", () => {
  const cases = { 0: "0 B", 999: "999 B", 1536: "1.5 KiB", 200000000: "191 MiB", 1099511627776: "1.0 TiB" };
  for (const [bytes, text] of Object.entries(cases)) assert.equal(formatBytes(Number(bytes)), text);
});
