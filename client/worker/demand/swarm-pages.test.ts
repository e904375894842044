import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { swarmPages } from "./swarm-pages.ts";

const CONTENT = "0123456789abcdef".repeat(2);
const FILE = { kind: "file", content: CONTENT, pagePieces: 16, pieceBytes: 65_536, totalBytes: 10_000_000 };
const RENDITION = { kind: "rendition", content: CONTENT, pagePieces: 64 };

test("what a note says of a file's or a rendition's pages is taken as it stands, and nothing beside it", () => {
  assert.deepEqual(swarmPages({ ...FILE, more: 1 }), FILE);
  assert.deepEqual(swarmPages(RENDITION), RENDITION);
});

test("pages that no content could have are refused", () => {
  const refused: object[] = [
    { ...FILE, totalBytes: 2 ** 32 * 65_536 + 1 },
    { ...FILE, totalBytes: Number.MAX_SAFE_INTEGER },
    { ...FILE, totalBytes: 0 },
    { ...FILE, totalBytes: 1.5 },
    { ...FILE, pieceBytes: 1_023 },
    { ...FILE, pieceBytes: 262_145 },
    { ...FILE, pieceBytes: "65536" },
    { ...FILE, pagePieces: 0 },
    { ...FILE, pagePieces: 1_025 },
    { ...FILE, content: "../../../../etc/passwd" },
    { ...FILE, content: CONTENT.toUpperCase() },
    { ...FILE, kind: "live" },
    { ...RENDITION, pagePieces: Number.NaN },
    { ...RENDITION, content: undefined },
  ];
  for (const pages of refused) assert.equal(swarmPages(pages), undefined, JSON.stringify(pages));
});

test("nonsense of any kind is refused without a word", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      assert.equal(swarmPages(value), undefined);
    }),
  );
});
