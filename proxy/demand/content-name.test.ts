import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { originKeyOf } from "../swarm/origin-key.ts";
import { freeNumber, nameContent } from "./content-name.ts";

const KEY = originKeyOf(generateKeyPairSync("ed25519").privateKey);

test("a content's name is 32 hex digits and a number that a swarm can have, the same each time", () => {
  const { content, swarm } = nameContent(KEY, ["file", "/a"]);
  assert.match(content, /^[0-9a-f]{32}$/);
  assert.ok(swarm >= 1 && swarm < 2 ** 32);
  assert.deepEqual(nameContent(KEY, ["file", "/a"]), { content, swarm });
});

test("words that run together differently are another content's", () => {
  assert.notEqual(nameContent(KEY, ["a", "bc"]).content, nameContent(KEY, ["ab", "c"]).content);
});

test("a number that is taken gives way to the next free one, round the end", () => {
  assert.equal(
    freeNumber(7, (swarm) => swarm < 9),
    9,
  );
  assert.equal(
    freeNumber(0xffff_fffe, (swarm) => swarm > 2),
    1,
  );
});
