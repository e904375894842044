import assert from "node:assert/strict";
import { createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import { test } from "node:test";
import { decodeManifest, MAX_MANIFEST_HEAD_BYTES, pieceLength, splitSigned } from "../../protocol/manifest.ts";
import { decodeTicket, ticketToSign } from "../../protocol/ticket.ts";
import { tempDir } from "../../testing/temp-dir.ts";
import { undoAfter } from "../../testing/undo.ts";
import { HeaderList } from "../header-list.ts";
import { cutSegment } from "./cut-segment.ts";
import { issueTicket } from "./issue-ticket.ts";
import { manifestHead } from "./manifest-head.ts";
import { ManifestSeries } from "./manifest-series.ts";
import { loadOriginKey, type OriginKey } from "./origin-key.ts";

const HEAD = { status: 200, statusText: "OK", headers: [["Content-Type", "video/mp2t"]] } as const;

function makeKey(t: { after(run: () => Promise<void>): void }): OriginKey {
  return loadOriginKey(tempDir(undoAfter(t)), { debug() {}, info() {}, warn() {}, error() {} });
}

function isSigned({ publicKey }: OriginKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
  return verify(null, bytes, key, signature);
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("a manifest reads back as it was made, signed by the origin, with the hash of every piece", async (t) => {
  const key = makeKey(t);
  const body = randomBytes(100_000);
  const cut = await cutSegment(body);
  const { manifest, signed } = new ManifestSeries(7, key).next(
    { target: "/a.ts?x=1", head: HEAD, lengthBytes: body.length, cut },
    1_795_280_400_123.4,
  );
  const read = decodeManifest(signed);
  assert.deepEqual(read && { ...read, urlKey: hex(read.urlKey), hashes: read.hashes.map(hex) }, {
    ...manifest,
    urlKey: hash(Buffer.from("/a.ts?x=1")).slice(0, 32),
    hashes: cut.pieces.map(hash),
  });
  assert.equal(manifest.timeMs, 1_795_280_400_123);
  const parts = splitSigned(signed);
  assert.equal(isSigned(key, parts.signed, parts.signature), true);
});

test("segments and pieces are numbered through, and the last piece of each is what is left", async (t) => {
  const series = new ManifestSeries(7, makeKey(t));
  const manifests = [];
  for (const lengthBytes of [16_384, 40_000, 1]) {
    const cut = await cutSegment(new Uint8Array(lengthBytes));
    manifests.push(series.next({ target: "/a", head: HEAD, lengthBytes, cut }, 0).manifest);
  }
  assert.deepEqual(
    manifests.map(({ segment, firstPiece, hashes }) => [segment, firstPiece, hashes.length]),
    [
      [0, 0, 1],
      [1, 1, 3],
      [2, 4, 1],
    ],
  );
  assert.equal(manifests[1] && pieceLength(manifests[1], 3), 40_000 - 2 * 16_384);
});

test("pieces are 16 KiB below 512 KiB, 32 KiB below 2 MiB, else 64 KiB", async () => {
  for (const [lengthBytes, pieceBytes] of [
    [1, 16_384],
    [524_287, 16_384],
    [524_288, 32_768],
    [2_097_151, 32_768],
    [2_097_152, 65_536],
    [16_777_216, 65_536],
  ] as const) {
    const cut = await cutSegment(new Uint8Array(lengthBytes));
    assert.equal(cut.pieceBytes, pieceBytes);
    assert.equal(
      cut.pieces.reduce((sum, piece) => sum + piece.length, 0),
      lengthBytes,
    );
  }
});

test("a head is the app's answer without what belongs to one transfer or one viewer", () => {
  const headers = new HeaderList([
    ["Content-Type", "video/mp2t"],
    ["Date", "now"],
    ["ETag", '"1"'],
    ["set-cookie", "a=1"],
    ["AGE", "1"],
    ["Strict-Transport-Security", "max-age=1"],
    ["Cross-Origin-Resource-Policy", "same-origin"],
  ]);
  assert.deepEqual(manifestHead({ statusText: "Fine", headers }), {
    status: 200,
    statusText: "Fine",
    headers: [
      ["Content-Type", "video/mp2t"],
      ["ETag", '"1"'],
      ["Cross-Origin-Resource-Policy", "same-origin"],
    ],
  });
});

test("a head too long for a manifest makes none", () => {
  const headers = new HeaderList([["X-Long", "x".repeat(MAX_MANIFEST_HEAD_BYTES)]]);
  assert.equal(manifestHead({ statusText: "OK", headers }), undefined);
});

test("a ticket names swarm and viewer, ends in ten minutes, and is signed for nothing else", (t) => {
  const key = makeKey(t);
  const text = issueTicket(key, 7, 9, 1_795_280_400_000.5);
  const read = decodeTicket(Buffer.from(text, "base64url"));
  assert.deepEqual(read?.ticket, { swarm: 7, peer: 9, expiresMs: 1_795_281_000_000 });
  assert.ok(read !== undefined && isSigned(key, ticketToSign(read.ticket), read.signature));
  assert.match(text, /^[\w-]{107}$/);
});
