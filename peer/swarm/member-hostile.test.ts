import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { STUB_PIECE, StubSwarm, stubManifest, stubPart } from "../../testing/swarm-stub.ts";

test("a flood of WANTs ends in a fault, not in work", () => {
  const s = new StubSwarm();
  const friend = s.link(1);
  s.manifest(0);
  s.piece(0);
  for (let at = 0; at < 1_000; at += 1) s.member.onWant(1, [0]);
  assert.equal(friend.pieces.length, 256);
  assert.equal(s.faults.length, 1_000 - 256);
  assert.equal(s.faults[0], "flood");
});

test("a HAVE or a WANT far beyond any manifest is a fault and changes nothing", () => {
  const s = new StubSwarm();
  const friend = s.link(1);
  s.manifest(0);
  s.have(1, 0);
  s.member.onHave(1, 0xffff_0000, Uint8Array.of(255));
  s.member.onWant(1, [0xffff_ffff]);
  assert.deepEqual(s.faults, ["stray", "stray"]);
  s.clock.advance(200);
  assert.deepEqual([friend.wants, friend.laters], [[0], []], "its first HAVE stands");
});

test("whatever strangers say, in any order, nothing throws, nobody is sent what is not held or told twice of a manifest", () => {
  const peer = fc.integer({ min: 0, max: 5 });
  const piece = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 0xffff_ffff }));
  const edges = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), peer), { maxLength: 6 });
  const move = fc.oneof(
    fc.tuple(fc.constant("link" as const), peer),
    fc.tuple(fc.constant("unlink" as const), peer),
    fc.tuple(fc.constant("manifest" as const), peer, fc.integer({ min: 0, max: 4 })),
    fc.tuple(fc.constant("piece" as const), peer, piece),
    fc.tuple(fc.constant("have" as const), peer, piece, fc.uint8Array({ maxLength: 70 })),
    fc.tuple(fc.constant("want" as const), peer, fc.array(piece, { maxLength: 40 })),
    fc.tuple(fc.constant("skip" as const), peer, fc.array(piece, { maxLength: 40 })),
    fc.tuple(fc.constant("later" as const), peer, piece, fc.integer({ min: 0, max: 65_535 })),
    fc.tuple(fc.constant("progress" as const), peer, piece),
    fc.tuple(fc.constant("need" as const), piece),
    fc.tuple(fc.constant("assign" as const), edges, edges),
    fc.tuple(fc.constant("pass" as const), fc.integer({ min: 0, max: 3_000 })),
  );
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const s = new StubSwarm();
      const links = new Map<number, ReturnType<typeof s.link>>();
      const check = (): void => {
        for (const link of links.values())
          assert.equal(new Set(link.manifests.map(String)).size, link.manifests.length);
      };
      for (const m of moves) {
        if (m[0] === "link") {
          const link = s.link(m[1]);
          link.sendPiece = (sent, bytes) => assert.equal(s.member.piece(sent), bytes);
          links.set(m[1], link);
        } else if (m[0] === "unlink") s.member.removeLink(m[1]);
        else if (m[0] === "manifest") s.member.onManifest(stubManifest(m[2]).manifest, stubManifest(m[2]).signed, m[1]);
        else if (m[0] === "piece") s.member.onPiece(m[2], STUB_PIECE, m[1]);
        else if (m[0] === "have") s.member.onHave(m[1], m[2], m[3]);
        else if (m[0] === "want") s.member.onWant(m[1], m[2]);
        else if (m[0] === "skip") s.member.onSkip(m[1], m[2]);
        else if (m[0] === "later") s.member.onLater(m[1], m[2], m[3]);
        else if (m[0] === "progress") s.member.onProgress(m[1], m[2]);
        else if (m[0] === "need") s.member.need(m[1], s.clock.nowMs() + 500);
        else if (m[0] === "assign") s.member.assign(stubPart(m[1], m[2]));
        else s.clock.advance(m[1]);
        check();
      }
      s.member.takeTally();
    }),
    { numRuns: 300 },
  );
});
