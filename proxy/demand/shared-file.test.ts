import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HeaderList } from "../header-list.ts";
import type { PartPlace } from "./fetch-part.ts";
import { filePieceBytes, RENDITION_PAGE_PIECES, segmentPieceBytes } from "./piece-size.ts";
import { SharedFile } from "./shared-file.ts";

const KIB = 1_024;
const SITE = { key: "a", host: "site.test", headers: [] };
const HEAD = { status: 200, statusText: "OK", headers: [] } as const;

function shared(totalBytes: number, asked: PartPlace[] = []) {
  const mark = { etag: '"1"', lastModified: undefined, lengthBytes: totalBytes };
  return new SharedFile({ site: SITE, target: "/a.mp4?x=1", mark, head: HEAD }, async (place) => {
    asked.push(place);
    return { statusText: "", headers: new HeaderList(), body: Buffer.alloc(place.end - place.start), mark };
  });
}

test("the pages of a file are its bytes in order, without gap or overlap, and no page is beyond its end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 200 * KIB * KIB }), async (totalBytes) => {
      const asked: PartPlace[] = [];
      const file = shared(totalBytes, asked);
      const { pagePieces, pieceBytes } = file.paging;
      const pages = Math.ceil(totalBytes / (pagePieces * pieceBytes));
      for (let page = 0; page < pages; page += 1) {
        const body = await file.read(page);
        assert.ok(typeof body === "object");
        // Byte b of the file is in piece b / pieceBytes, whatever its page.
        assert.equal(body.head.page?.start, page * pagePieces * pieceBytes);
      }
      assert.equal(asked[0]?.start, 0);
      assert.equal(asked.at(-1)?.end, totalBytes);
      for (const [index, { start }] of asked.slice(1).entries()) assert.equal(start, asked[index]?.end);
      assert.equal(await file.read(pages), undefined);
    }),
    { numRuns: 20 },
  );
});

test("pieces of a file are 64 KiB below 256 MiB, else 256 KiB", () => {
  assert.equal(filePieceBytes(256 * KIB * KIB - 1), 64 * KIB);
  assert.equal(filePieceBytes(256 * KIB * KIB), 256 * KIB);
});

test("a segment of any length up to 16 MiB is 64 pieces at most, each of 16 to 256 KiB and no bigger than needed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 16 * KIB * KIB }), (lengthBytes) => {
      const size = segmentPieceBytes(lengthBytes);
      assert.ok(Math.ceil(lengthBytes / size) <= RENDITION_PAGE_PIECES);
      assert.ok(size === 16 * KIB || (size <= 256 * KIB && lengthBytes > (size / 2) * RENDITION_PAGE_PIECES));
    }),
  );
});
