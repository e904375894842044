import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestOf, urlKeyOf } from "../../../testing/manifests.ts";
import { keyText } from "../swarm/catalogue.ts";
import { RenditionCatalogue } from "./rendition-catalogue.ts";

const PAGE_PIECES = 64;
const urls = Array.from({ length: 200 }, (_, index) => `/film/${index}.ts`);
const INDEX = new Uint8Array(Buffer.concat(urls.map(urlKeyOf)));
const keyOf = (url: string): string => keyText(urlKeyOf(url));

function rig() {
  const held = new Map<number, Uint8Array>();
  const catalogue = new RenditionCatalogue((piece) => held.get(piece));
  const comes = (piece: number): void => {
    held.set(piece, INDEX.subarray(piece * 1_024, (piece + 1) * 1_024));
  };
  return { catalogue, comes };
}

test("which page a URL is stands in page 0; until all of that is here, it is what to ask for", () => {
  const { catalogue, comes } = rig();
  assert.equal(catalogue.pageFor(keyOf("/film/0.ts")), 0);
  catalogue.add(manifestOf(INDEX, { segment: 0, pieceBytes: 1_024 }));
  assert.equal(catalogue.indexPieces, 4);
  for (const piece of [0, 1, 2]) comes(piece);
  assert.equal(catalogue.readIndex(), false);
  assert.equal(catalogue.pageFor(keyOf("/film/0.ts")), 0);
  comes(3);
  assert.equal(catalogue.readIndex(), true);
  assert.equal(catalogue.pageFor(keyOf("/film/0.ts")), 1);
  assert.equal(catalogue.pageFor(keyOf("/film/199.ts")), 200);
  assert.equal(catalogue.pageFor(keyOf("/film/200.ts")), undefined);
});

test("a segment is known once its page's manifest is, and the index itself is no segment", () => {
  const { catalogue, comes } = rig();
  catalogue.add(manifestOf(INDEX, { segment: 0, pieceBytes: 1_024 }));
  for (const piece of [0, 1, 2, 3]) comes(piece);
  assert.equal(catalogue.find(keyOf("/film/7.ts")), undefined);
  const manifest = manifestOf(new Uint8Array(5_000), { segment: 8, firstPiece: 8 * PAGE_PIECES });
  catalogue.add(manifest);
  assert.equal(catalogue.find(keyOf("/film/7.ts")), manifest);
  assert.equal(catalogue.find(keyText(manifestOf(INDEX).urlKey)), undefined);
});
