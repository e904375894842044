import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { tempDir } from "../../testing/temp-dir.ts";
import { undoAfter } from "../../testing/undo.ts";
import { loadOriginKey } from "./origin-key.ts";

function log() {
  const errors: string[] = [];
  return { errors, debug() {}, info() {}, warn() {}, error: (message: string) => void errors.push(message) };
}

test("the first start makes a key that only its owner can read, and later starts use it", (t) => {
  const folder = join(tempDir(undoAfter(t)), "data");
  const first = loadOriginKey(folder, log());
  assert.deepEqual(readdirSync(folder), ["origin-key.pem"]);
  assert.equal(statSync(join(folder, "origin-key.pem")).mode & 0o777, 0o600);
  assert.equal(loadOriginKey(folder, log()).publicKey, first.publicKey);
});

test("what it signs can be checked with its public half alone", (t) => {
  const { publicKey, sign } = loadOriginKey(tempDir(undoAfter(t)), log());
  assert.equal(Buffer.from(publicKey, "base64url").length, 32);
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
  const bytes = Buffer.from("manifest");
  assert.equal(verify(null, bytes, key, sign(bytes)), true);
  assert.equal(verify(null, Buffer.from("another"), key, sign(bytes)), false);
});

test("a key that cannot be read is left alone, said so, and another one serves", (t) => {
  const folder = tempDir(undoAfter(t));
  const path = join(folder, "origin-key.pem");
  writeFileSync(path, "damaged");
  const { errors, ...rest } = log();
  assert.equal(loadOriginKey(folder, rest).sign(Buffer.from("x")).length, 64);
  assert.equal(errors.length, 1);
  assert.equal(readFileSync(path, "utf8"), "damaged");
});

test("where nothing can be kept the site is served all the same", (t) => {
  const file = join(tempDir(undoAfter(t)), "file");
  writeFileSync(file, "");
  const { errors, ...rest } = log();
  assert.equal(loadOriginKey(file, rest).publicKey.length, 43);
  assert.equal(errors.length, 1);
});

test("a fingerprint is the same after a restart, another for another text and for another key", (t) => {
  const folder = tempDir(undoAfter(t));
  const hex = (text: string) => Buffer.from(loadOriginKey(folder, log()).fingerprint(text)).toString("hex");
  const first = hex("/film.mp4");
  assert.equal(first.length, 64);
  assert.equal(hex("/film.mp4"), first);
  assert.notEqual(hex("/film.mp5"), first);
  assert.notEqual(Buffer.from(makeOther(t).fingerprint("/film.mp4")).toString("hex"), first);
});

function makeOther(t: { after(run: () => Promise<void>): void }) {
  return loadOriginKey(tempDir(undoAfter(t)), log());
}
