import assert from "node:assert/strict";
import { test } from "node:test";
import { type Circumstances, mayUpload } from "./may-upload.ts";

const WELL: Circumstances = {
  switchedOff: false,
  savesData: false,
  connection: "wifi",
  battery: { level: 0.5, charging: false },
  hiddenMs: 0,
};

test("a browser that says nothing against it shares", () => {
  assert.ok(mayUpload(WELL));
  assert.ok(mayUpload({ ...WELL, connection: undefined, battery: undefined }));
});

for (const [why, circumstances] of [
  ["the visitor switched it off", { switchedOff: true }],
  ["data is to be saved", { savesData: true }],
  ["the connection is a mobile one", { connection: "cellular" }],
  ["the battery is below a fifth", { battery: { level: 0.19, charging: false } }],
  ["no tab was in view for more than half a minute", { hiddenMs: 30_001 }],
] as const) {
  test(`nothing is sent to others when ${why}`, () => assert.equal(mayUpload({ ...WELL, ...circumstances }), false));
}

test("a low battery that is being charged does not matter, nor does a short look elsewhere", () => {
  assert.ok(mayUpload({ ...WELL, battery: { level: 0.05, charging: true }, hiddenMs: 30_000 }));
});
