import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestOf, urlKeyOf } from "../../../testing/manifests.ts";
import { Catalogue, keyText } from "./catalogue.ts";

const KEY = keyText(urlKeyOf("/a.ts"));
const segment = (number: number, timeMs = 0) =>
  manifestOf(new Uint8Array(2_000), { url: "/a.ts", segment: number, firstPiece: 2 * number, timeMs });

test("a URL announced again is the newer segment, in whatever order the two come", () => {
  for (const order of [
    [3, 4],
    [4, 3],
  ]) {
    const catalogue = new Catalogue();
    for (const number of order) catalogue.add(segment(number));
    assert.equal(catalogue.get(KEY)?.segment, 4);
  }
});

test("what is too old is forgotten, and its pieces are named", () => {
  const catalogue = new Catalogue();
  catalogue.add(segment(3, 1_000));
  assert.deepEqual(catalogue.forgetBefore(1_000), []);
  assert.deepEqual(catalogue.forgetBefore(1_001), [6, 7]);
  assert.equal(catalogue.get(KEY), undefined);
});

test("it holds a bounded number of manifests, the newest", () => {
  const catalogue = new Catalogue();
  for (let number = 0; number < 300; number += 1) {
    catalogue.add(manifestOf(new Uint8Array(1), { url: `/${number}`, segment: number }));
  }
  assert.equal(catalogue.get(keyText(urlKeyOf("/0"))), undefined);
  assert.equal(catalogue.get(keyText(urlKeyOf("/299")))?.segment, 299);
});
