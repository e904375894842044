import assert from "node:assert/strict";
import test from "node:test";
import { createMetrics } from "./metrics.ts";

const metrics = () => createMetrics({ processMetrics: false });

test("bytes are counted by the way they went and can be read back", async () => {
  const counted = metrics();
  counted.addBytes("origin", 1_000);
  counted.addBytes("origin", 24);
  counted.addBytes("http", 7);
  assert.deepEqual(counted.totals().bytes, { http: 7, origin: 1_024, booster: 0, viewer: 0 });
  assert.match(await counted.text(), /^tuber_bytes_total\{path="origin"\} 1024$/m);
});

test("every way is listed before the first byte went it", async () => {
  const text = await metrics().text();
  for (const path of ["http", "origin", "booster", "viewer"]) {
    assert.match(text, new RegExp(`^tuber_bytes_total\\{path="${path}"\\} 0$`, "m"));
  }
});

test("strangers cannot grow the number of series", async () => {
  const counted = metrics();
  counted.fault("message-malformed");
  for (let i = 0; i < 1_000; i += 1) counted.fault(`odd-${i}`);
  counted.fault('x"} 1\ninjected');
  counted.fault("message-malformed");
  const series = (await counted.text()).match(/^tuber_faults_total\{/gm) ?? [];
  assert.ok(series.length <= 65, `${series.length} series`);
  assert.equal(counted.totals().faults["message-malformed"], 2);
  assert.ok((counted.totals().faults.other ?? 0) > 900);
});

test("amounts that make no sense are not counted", () => {
  const counted = metrics();
  for (const amount of [-1, Number.NaN, Number.POSITIVE_INFINITY]) counted.addBytes("http", amount);
  assert.equal(counted.totals().bytes.http, 0);
});

test("links, notes and upstream errors have a metric each", async () => {
  const counted = metrics();
  counted.setLinks(3);
  counted.note("pushed");
  counted.upstreamError();
  const text = await counted.text();
  assert.match(text, /^tuber_links 3$/m);
  assert.match(text, /^tuber_notes_total\{outcome="pushed"\} 1$/m);
  assert.match(text, /^tuber_upstream_errors_total 1$/m);
  const { links, upstreamErrors } = counted.totals();
  assert.deepEqual({ links, upstreamErrors }, { links: 3, upstreamErrors: 1 });
});

test("two programs in one process count apart", () => {
  const [one, two] = [createMetrics(), createMetrics()];
  one.addBytes("http", 5);
  assert.equal(two.totals().bytes.http, 0);
});

test("the process reports on itself by default", async () => {
  assert.match(await createMetrics().text(), /^process_resident_memory_bytes \d/m);
});
