import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nginxMissing, startNginx } from "./nginx.ts";
import { tempDir } from "./temp-dir.ts";
import { undoAfter } from "./undo.ts";

test("nginx serves ranges of the folder's files", { skip: nginxMissing() }, async (t) => {
  const undo = undoAfter(t);
  const root = tempDir(undo);
  const bytes = randomBytes(100_000);
  writeFileSync(join(root, "film.mp4"), bytes);
  const { url } = await startNginx(undo, root);
  const answer = await fetch(`${url}/film.mp4`, { headers: { range: "bytes=1000-1999" } });
  assert.equal(answer.status, 206);
  assert.equal(answer.headers.get("content-type"), "video/mp4");
  assert.ok(Buffer.from(await answer.arrayBuffer()).equals(bytes.subarray(1000, 2000)));
});
