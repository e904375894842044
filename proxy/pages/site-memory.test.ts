import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { SiteMemory } from "./site-memory.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tuber-memory-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("what was learnt outlives a restart", () => {
  const memory = new SiteMemory(join(directory, "data"));
  assert.equal(memory.appHasWorker, false);
  memory.setAppHasWorker();
  assert.equal(new SiteMemory(join(directory, "data")).appHasWorker, true);
});

for (const text of ["", "{", "null", "[]", '{"appHasWorker":"yes"}']) {
  test(`a file that says ${text || "nothing"} counts as nothing learnt`, () => {
    writeFileSync(join(directory, "site.json"), text);
    assert.equal(new SiteMemory(directory).appHasWorker, false);
  });
}
