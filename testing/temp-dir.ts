import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Undo } from "./undo.ts";
import { until } from "./until.ts";

/** A fresh folder that is gone after the test. */
export function tempDir(undo: Undo): string {
  const folder = mkdtempSync(join(tmpdir(), "tuber-test-"));
  // A browser's helpers outlive it for a moment, and put new files beside those that were just removed.
  undo(() => until(() => isRemoved(folder), `${folder} is gone`));
  return folder;
}

function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}
