import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Undo } from "./undo.ts";

/** A fresh folder that is gone after the test. */
export function tempDir(undo: Undo): string {
  const folder = mkdtempSync(join(tmpdir(), "tuber-test-"));
  undo(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
