import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { segmentAt } from "./broadcast.ts";
import type { Seen } from "./watch.ts";

/** Every segment that these viewers' players were given is the lab's site's, byte for byte, and there are more than `least` of them. */
export function assertSiteSegments(viewers: readonly Seen[], least: number): void {
  const digests = new Map<string, string>();
  for (const [viewer, { segments }] of viewers.entries()) {
    for (const { path, bytes, digest } of segments) {
      const expected = digests.get(path) ?? sha256(segmentAt(path) ?? Buffer.alloc(0));
      digests.set(path, expected);
      assert.equal(digest, expected, `viewer ${viewer}: ${path}, ${bytes} bytes`);
    }
  }
  assert.ok(digests.size > least, `only ${digests.size} segments`);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
