import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { manifestOf } from "../../testing/manifests.ts";
import { OriginSigner } from "../../testing/origin-signer.ts";
import { RecordingMember } from "../../testing/recording-member.ts";
import { PageBook } from "./page-book.ts";
import { SwarmIntake } from "./swarm-intake.ts";

const PAGE_PIECES = 16;

function page(segment: number, pieces: number, firstPiece = segment * PAGE_PIECES) {
  const manifest = manifestOf(new Uint8Array(pieces * 1_024), { segment, firstPiece });
  return { manifest, signed: Uint8Array.of(segment, pieces) };
}

test("a piece's manifest is its page's, whatever order pages came in, and a short page promises no more than it has", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: PAGE_PIECES })), {
        selector: ([segment]) => segment,
      }),
      (pages) => {
        const book = new PageBook(PAGE_PIECES);
        for (const [segment, pieces] of pages) assert.equal(book.add(page(segment, pieces)), true);
        const known = new Map(pages);
        for (let piece = 0; piece < 41 * PAGE_PIECES; piece += 1) {
          const segment = Math.floor(piece / PAGE_PIECES);
          const promised = piece % PAGE_PIECES < (known.get(segment) ?? 0);
          assert.equal(book.of(piece)?.segment, promised ? segment : undefined);
        }
      },
    ),
  );
});

test("nothing is forgotten: the first of ten thousand pages is there, and none is old", () => {
  const book = new PageBook(PAGE_PIECES);
  for (let segment = 0; segment < 10_000; segment += 1) book.add(page(segment, 1));
  assert.equal(book.of(0)?.segment, 0);
  assert.equal(book.isOld(), false);
});

test("a manifest that is not at its page's place, or longer than a page, is refused, and so is a second one of a page", () => {
  const book = new PageBook(PAGE_PIECES);
  assert.equal(book.add(page(1, 4, 17)), false);
  assert.equal(book.add(page(1, 4, 0)), false);
  assert.equal(book.add(page(1, PAGE_PIECES + 1)), false);
  assert.equal(book.of(16), undefined);
  const first = page(1, 4);
  assert.equal(book.add(first), true);
  assert.equal(book.add(page(1, 5)), false);
  assert.equal(book.has(first.manifest, Uint8Array.from(first.signed)), true);
  assert.equal(book.has(first.manifest, Uint8Array.of(1, 9)), false);
});

test("with such a book an intake takes pages in any order, and manifests that an earlier visit left from this peer itself", async () => {
  const origin = new OriginSigner();
  const member = new RecordingMember();
  const intake = new SwarmIntake({
    swarm: 7,
    member,
    verify: origin.verify,
    digest: origin.digest,
    onOriginTime: () => {},
    onCorrupt: () => {},
    book: new PageBook(PAGE_PIECES),
  });
  const bytes = [new Uint8Array(2_000).fill(1), new Uint8Array(500).fill(2)];
  const signed = (segment: number, firstPiece: number) => origin.manifest(bytes, { swarm: 7, segment, firstPiece });
  assert.equal(await intake.onManifest(signed(300, 4_800), 5), "good");
  assert.equal(await intake.onManifest(signed(0, 0), 3), "good");
  assert.equal(await intake.onManifest(signed(2, 33), 3), "dropped");
  const altered = signed(1, 16);
  altered[60] = (altered[60] ?? 0) ^ 1;
  assert.equal(await intake.onManifest(altered, 5), "bad");
  assert.deepEqual(member.events, ["manifest 4800 from 5", "manifest 0 from 3"]);
  assert.equal(intake.expectedBytes(3, 4_801), 500);
});
