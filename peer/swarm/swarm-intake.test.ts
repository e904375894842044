// Only what the origin signed reaches a member: manifests by their signature, pieces by their hash.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OriginSigner } from "../../testing/origin-signer.ts";
import { RecordingMember } from "../../testing/recording-member.ts";
import { SwarmIntake, type SwarmIntakeOptions } from "./swarm-intake.ts";

function setUp(ports: Partial<SwarmIntakeOptions> = {}) {
  const origin = new OriginSigner();
  const member = new RecordingMember();
  const corrupt: string[] = [];
  const times: number[] = [];
  const intake = new SwarmIntake({
    swarm: 7,
    member,
    verify: origin.verify,
    digest: origin.digest,
    onOriginTime: (timeMs) => times.push(timeMs),
    onCorrupt: (peer, piece) => corrupt.push(`${piece} by ${peer}`),
    ...ports,
  });
  return { origin, member, intake, corrupt, times };
}

/** Pieces `first` and the next one, told apart by their bytes; the second is shorter. */
function pieces(first: number): [Uint8Array, Uint8Array] {
  return [new Uint8Array(2_000).fill(first), new Uint8Array(500).fill(first + 1)];
}

test("pieces that are what a signed manifest promises reach the member", async () => {
  const { origin, member, intake, times } = setUp();
  const [one, two] = pieces(10);
  assert.equal(await intake.onManifest(origin.manifest([one, two], { swarm: 7, firstPiece: 10 }), 3), "good");
  assert.deepEqual(
    [9, 10, 11, 12].map((piece) => intake.expectedBytes(3, piece)),
    [undefined, 2_000, 500, undefined],
  );
  assert.equal(await intake.onPiece(10, one, 3), "good");
  assert.equal(await intake.onPiece(11, two, 4), "good");
  assert.deepEqual(member.events, ["manifest 10 from 3", "piece 10 from 3", "piece 11 from 4"]);
  assert.deepEqual(times, [1_000_000]);
});

test("copies of a manifest that come at once are checked once, and the member hears of every sender", async () => {
  const { origin, member, intake } = setUp();
  const signed = origin.manifest(pieces(0), { swarm: 7, firstPiece: 0 });
  const verdicts = await Promise.all([1, 2, 3].map((from) => intake.onManifest(Uint8Array.from(signed), from)));
  assert.deepEqual(verdicts, ["good", "good", "good"]);
  await intake.onManifest(signed, 4);
  assert.equal(origin.checks, 1);
  assert.deepEqual(
    member.events,
    [1, 2, 3, 4].map((from) => `manifest 0 from ${from}`),
  );
});

test("a manifest altered in any byte is bad and promises nothing", async () => {
  const { origin, member, intake } = setUp();
  const signed = origin.manifest(pieces(0), { swarm: 7, firstPiece: 0 });
  for (let at = 0; at < signed.length; at += 3) {
    const altered = Uint8Array.from(signed);
    altered[at] = (altered[at] ?? 0) ^ 1;
    assert.equal(await intake.onManifest(altered, 3), "bad");
  }
  assert.equal(await intake.onManifest(signed.subarray(0, -1), 3), "bad");
  assert.deepEqual([member.events, intake.expectedBytes(3, 0)], [[], undefined]);
});

test("a true manifest of another swarm, or signed by somebody else, is bad", async () => {
  const { origin, member, intake } = setUp();
  assert.equal(await intake.onManifest(origin.manifest(pieces(0), { swarm: 8, firstPiece: 0 }), 3), "bad");
  const stranger = new OriginSigner();
  assert.equal(await intake.onManifest(stranger.manifest(pieces(0), { swarm: 7, firstPiece: 0 }), 3), "bad");
  assert.deepEqual(member.events, []);
});

test("a second manifest for a piece that has one is dropped, however true", async () => {
  const { origin, member, intake } = setUp();
  await intake.onManifest(origin.manifest(pieces(10), { swarm: 7, firstPiece: 10 }), 3);
  for (const firstPiece of [9, 10, 11]) {
    assert.equal(await intake.onManifest(origin.manifest(pieces(50), { swarm: 7, firstPiece }), 3), "dropped");
  }
  assert.deepEqual(member.events, ["manifest 10 from 3"]);
});

test("an old manifest that was forgotten stays so", async () => {
  const { origin, member, intake } = setUp();
  const first = origin.manifest(pieces(0), { swarm: 7, firstPiece: 0 });
  await intake.onManifest(first, 3);
  for (let n = 1; n <= 256; n++)
    await intake.onManifest(origin.manifest(pieces(0), { swarm: 7, firstPiece: 2 * n }), 3);
  assert.equal(intake.expectedBytes(3, 0), undefined);
  const before = member.events.length;
  assert.equal(await intake.onManifest(first, 3), "dropped");
  assert.equal(member.events.length, before);
  assert.equal(intake.expectedBytes(3, 512), 2_000);
});

test("manifests that come in any order are all found again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7]), async (order) => {
      const { origin, intake } = setUp();
      for (const n of order) await intake.onManifest(origin.manifest(pieces(0), { swarm: 7, firstPiece: 3 * n }), 1);
      for (let piece = 0; piece < 24; piece++) {
        const lengthBytes = [2_000, 500, undefined][piece % 3];
        const known = order.includes(Math.floor(piece / 3));
        assert.equal(intake.expectedBytes(1, piece), known ? lengthBytes : undefined);
      }
    }),
    { numRuns: 20 },
  );
});

test("a piece with a flipped bit never reaches the member, and its sender is named", async () => {
  const { origin, member, intake, corrupt } = setUp();
  const [one, two] = pieces(0);
  await intake.onManifest(origin.manifest([one, two], { swarm: 7, firstPiece: 0 }), 3);
  const flipped = Uint8Array.from(one);
  flipped[1_999] = 255;
  assert.equal(await intake.onPiece(0, flipped, 3), "bad");
  assert.deepEqual([corrupt, member.held.size], [["0 by 3"], 0]);
});

test("a piece of a wrong length, unannounced, or not expected from its sender is not even hashed", async () => {
  let hashed = 0;
  const origin = new OriginSigner();
  const digest = (bytes: Uint8Array): Promise<Uint8Array> => {
    hashed += 1;
    return origin.digest(bytes);
  };
  const { member, intake } = setUp({ digest, verify: origin.verify });
  const [one, two] = pieces(0);
  await intake.onManifest(origin.manifest([one, two], { swarm: 7, firstPiece: 0 }), 3);
  member.expected = (from) => from === 3;
  assert.equal(await intake.onPiece(0, two, 3), "dropped");
  assert.equal(await intake.onPiece(5, two, 3), "dropped");
  assert.equal(await intake.onPiece(0, one, 4), "dropped");
  assert.equal(hashed, 0);
});

test("of two copies hashed at the same time the member gets one", async () => {
  const { origin, member, intake } = setUp();
  const [one, two] = pieces(0);
  await intake.onManifest(origin.manifest([one, two], { swarm: 7, firstPiece: 0 }), 3);
  assert.deepEqual(await Promise.all([intake.onPiece(0, one, 3), intake.onPiece(0, one, 4)]), ["good", "dropped"]);
  assert.deepEqual(member.events.slice(1), ["piece 0 from 3"]);
});

test("a check that fails by itself blames nobody", async () => {
  const failing = (): Promise<never> => Promise.reject(new Error("no crypto"));
  const blind = setUp({ verify: failing });
  const signed = blind.origin.manifest(pieces(0), { swarm: 7, firstPiece: 0 });
  assert.equal(await blind.intake.onManifest(signed, 3), "dropped");
  const unhashed = setUp({ digest: failing });
  const [one, two] = pieces(0);
  await unhashed.intake.onManifest(unhashed.origin.manifest([one, two], { swarm: 7, firstPiece: 0 }), 3);
  assert.equal(await unhashed.intake.onPiece(0, one, 3), "dropped");
  assert.deepEqual([unhashed.corrupt, unhashed.member.held.size], [[], 0]);
});

test("after leaving, what was being checked reaches the member no more", async () => {
  const { origin, member, intake } = setUp();
  const [one, two] = pieces(0);
  await intake.onManifest(origin.manifest([one, two], { swarm: 7, firstPiece: 0 }), 3);
  const under = [
    intake.onPiece(0, one, 3),
    intake.onManifest(origin.manifest(pieces(2), { swarm: 7, firstPiece: 2 }), 3),
  ];
  intake.close();
  assert.deepEqual(await Promise.all(under), ["dropped", "dropped"]);
  assert.deepEqual(member.events, ["manifest 0 from 3"]);
});
