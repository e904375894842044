import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { manifestOf } from "../../testing/manifests.ts";
import { DemandPages } from "./demand-pages.ts";
import { readingWindow } from "./reading-window.ts";

const PAGE_PIECES = 16;
const PIECE_BYTES = 262_144;

/** Page `page` of a file so long. */
function filePage(page: number, total: number) {
  const start = page * PAGE_PIECES * PIECE_BYTES;
  const lengthBytes = Math.min(PAGE_PIECES * PIECE_BYTES, total - start);
  const head = { status: 200 as const, statusText: "OK", headers: [], page: { start, total } };
  const fields = { segment: page, firstPiece: page * PAGE_PIECES, pieceBytes: PIECE_BYTES, head };
  return { manifest: { ...manifestOf(new Uint8Array(0), fields), lengthBytes }, signed: Uint8Array.of(page) };
}

/** A segment of a rendition, or its index. */
function segmentPage(page: number, lengthBytes: number, pieceBytes = 65_536) {
  const manifest = manifestOf(new Uint8Array(0), { segment: page, firstPiece: page * PAGE_PIECES, pieceBytes });
  return { manifest: { ...manifest, lengthBytes }, signed: Uint8Array.of(page) };
}

test("of a file one page tells where it ends, and every piece before that is there to be asked for", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: PIECE_BYTES }),
      fc.nat(),
      (pieces, rest, at) => {
        const total = (pieces - 1) * PIECE_BYTES + rest;
        const pageCount = Math.ceil(pieces / PAGE_PIECES);
        const pages = new DemandPages(PAGE_PIECES);
        pages.add(filePage(at % pageCount, total));
        const told = new DemandPages(PAGE_PIECES, pieces);
        for (const known of [pages, told]) {
          assert.equal(known.endPiece, pieces);
          for (let piece = 0; piece < pieces + 20; piece += 1) assert.equal(known.isSure(piece), piece < pieces);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("of a rendition the index tells how many pages there are, and each unknown one has a first piece for sure", () => {
  const pages = new DemandPages(PAGE_PIECES);
  assert.deepEqual([pages.isSure(32), pages.isSure(33), pages.endPiece], [true, false, Number.POSITIVE_INFINITY]);
  pages.add(segmentPage(0, 10 * 16, 1_024));
  assert.equal(pages.endPiece, 11 * PAGE_PIECES);
  assert.deepEqual([pages.isSure(160), pages.isSure(176)], [true, false]);
  pages.add(segmentPage(2, 3 * 65_536 - 5));
  assert.deepEqual(
    [32, 33, 34, 35].map((piece) => pages.isSure(piece)),
    [true, true, true, false],
  );
  assert.deepEqual(
    [34, 35].map((piece) => pages.exactBytes(piece)),
    [65_531, undefined],
  );
  assert.deepEqual(
    [pages.after(33), pages.after(34), pages.after(50)],
    [34, 48, 64],
    "an unknown page is taken to be like it",
  );
});

test("a window is near for 2 MiB and at least four pieces, goes 16 MiB ahead, further for who says so, as far as there is room; of the origin 4 MiB ahead or as said", () => {
  const pages = new DemandPages(PAGE_PIECES, 1_000);
  pages.add(filePage(0, 1_000 * PIECE_BYTES));
  const room = Number.POSITIVE_INFINITY;
  const at = (endPiece: number, maxBytes = room) => readingWindow(pages, { piece: 10, endPiece }, maxBytes);
  assert.deepEqual(at(11), { piece: 10, nearEnd: 18, originEnd: 26, endPiece: 74 });
  assert.deepEqual(at(100), { piece: 10, nearEnd: 18, originEnd: 100, endPiece: 100 });
  assert.deepEqual(at(900), { piece: 10, nearEnd: 18, originEnd: 138, endPiece: 138 });
  assert.deepEqual(at(900, 20 * PIECE_BYTES), { piece: 10, nearEnd: 18, originEnd: 30, endPiece: 30 });
  assert.deepEqual(at(900, 0), { piece: 10, nearEnd: 18, originEnd: 18, endPiece: 18 });
  const last = readingWindow(pages, { piece: 998, endPiece: 1_000 }, room);
  assert.deepEqual(last, { piece: 998, nearEnd: 1_000, originEnd: 1_000, endPiece: 1_000 });
});

test("a window over a rendition of short segments goes from page to page, and is of no more pieces than can be looked at", () => {
  const pages = new DemandPages(PAGE_PIECES);
  pages.add(segmentPage(0, 100_000 * 16, 65_536));
  pages.add(segmentPage(1, 2 * 65_536));
  const window = readingWindow(pages, { piece: 16, endPiece: 18 }, Number.POSITIVE_INFINITY);
  assert.equal(window.nearEnd, 16 + 16 * 16, "sixteen segments of 128 KiB");
  pages.add(segmentPage(2, 1_024, 1_024));
  const tiny = readingWindow(pages, { piece: 48, endPiece: 50 }, Number.POSITIVE_INFINITY);
  assert.equal(tiny.endPiece, 48 + 2_048 * 16);
});

test("a page's manifest counts once, and only where its page stands", () => {
  const pages = new DemandPages(PAGE_PIECES);
  const known = segmentPage(3, 65_536);
  assert.deepEqual([pages.add(known), pages.add(segmentPage(3, 99))], [true, false]);
  assert.equal(pages.of(3), known);
  assert.equal(pages.add({ ...known, manifest: { ...known.manifest, segment: 4 } }), false);
});
