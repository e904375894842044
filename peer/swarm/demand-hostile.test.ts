import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DEMAND_PIECE_BYTES, StubDemand, stubPage, stubPieceBytes } from "../../testing/demand-stub.ts";
import { MemoryPieceStore } from "../../testing/memory-piece-store.ts";

test("a flood of WANTs ends in a fault, not in work, and no more is read for one peer than a fast line takes", () => {
  const s = new StubDemand();
  const friend = s.link(1);
  s.page(0);
  s.piece(0);
  let reads = 0;
  const get = s.store.get.bind(s.store);
  s.store.get = (piece) => {
    reads += 1;
    return get(piece);
  };
  for (let at = 0; at < 1_000; at += 1) s.member.onWant(1, [0]);
  assert.equal(s.faults.length, 1_000 - 512);
  assert.ok(s.faults.every((fault) => fault === "flood"));
  assert.equal(reads, (64 * 1_048_576) / DEMAND_PIECE_BYTES);
  assert.equal(friend.pieces.length + friend.laters.length, 512);
});

test("a HAVE that is no chunk, beyond the content's end, or one of too many is a fault and changes nothing", async () => {
  const s = new StubDemand();
  const friend = s.link(1);
  s.have(1, 0);
  s.member.onHave(1, 7, Uint8Array.of(255));
  for (let chunk = 1; chunk < 5_000; chunk += 1) s.member.onHave(1, 512 * chunk, Uint8Array.of(1));
  assert.equal(s.faults.length, 1 + 4_999 - 4_095);
  s.page(0);
  s.member.onHave(1, 512, Uint8Array.of(1));
  assert.equal(s.faults.length, 1 + 4_999 - 4_095 + 1, "the content ends before it");
  assert.ok(s.faults.every((fault) => fault === "stray"));
  s.member.read({}, 0, 1);
  await s.settle();
  assert.deepEqual(friend.wants, [0], "its first HAVE stands");
});

test("what the origin or a stranger to the links says of pieces is not heeded, and a LATER nobody asked for neither", async () => {
  const s = new StubDemand({ totalPieces: 1 });
  const [origin, friend] = [s.link(0), s.link(1)];
  s.have(0, 0);
  s.have(9, 0);
  s.have(1, 0);
  s.member.onLater(1, 0, 60_000);
  s.member.onLater(0, 0, 60_000);
  s.member.read({}, 0, 1);
  await s.settle();
  assert.deepEqual([friend.wants, origin.wants, s.faults], [[0], [], []]);
});

test("whatever strangers say, in any order, nothing throws, nobody is sent what is not held, and the store never overflows", async () => {
  const peer = fc.integer({ min: 0, max: 4 });
  const piece = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 0xffff_ffff }));
  const move = fc.oneof(
    fc.tuple(fc.constant("link" as const), peer),
    fc.tuple(fc.constant("unlink" as const), peer),
    fc.tuple(fc.constant("page" as const), peer, fc.integer({ min: 0, max: 9 })),
    fc.tuple(fc.constant("piece" as const), peer, fc.integer({ min: 0, max: 40 })),
    fc.tuple(fc.constant("have" as const), peer, fc.constantFrom(0, 512, 7), fc.uint8Array({ maxLength: 70 })),
    fc.tuple(fc.constant("want" as const), peer, fc.array(piece, { maxLength: 40 })),
    fc.tuple(fc.constant("skip" as const), peer, fc.array(piece, { maxLength: 40 })),
    fc.tuple(fc.constant("later" as const), peer, piece, fc.integer({ min: 0, max: 65_535 })),
    fc.tuple(fc.constant("progress" as const), peer, piece),
    fc.tuple(fc.constant("read" as const), peer, piece, piece),
    fc.tuple(fc.constant("stop" as const), peer),
    fc.tuple(fc.constant("wantPage" as const), fc.integer({ min: 0, max: 20 })),
    fc.tuple(fc.constant("pass" as const), fc.integer({ min: 0, max: 3_000 })),
  );
  const readers = Array.from({ length: 5 }, () => ({}));
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 60 }), async (moves) => {
      const store = new MemoryPieceStore(9 * DEMAND_PIECE_BYTES);
      store.put(1, stubPieceBytes(1));
      store.put(2, stubPieceBytes(77));
      const s = new StubDemand({}, store);
      for (const m of moves) {
        if (m[0] === "link") {
          const link = s.link(m[1]);
          const sendWant = link.sendWant.bind(link);
          link.sendPiece = (sent, bytes) => assert.deepEqual([bytes[0], s.store.has(sent)], [sent & 255, true]);
          link.sendWant = (pieces) => {
            for (const asked of pieces) assert.equal(s.member.piece(asked), undefined, "asked for what is here");
            sendWant(pieces);
          };
        } else if (m[0] === "unlink") s.member.removeLink(m[1]);
        else if (m[0] === "page") s.member.onManifest(stubPage(m[2], 10).manifest, stubPage(m[2], 10).signed, m[1]);
        else if (m[0] === "piece") s.piece(m[2], m[1]);
        else if (m[0] === "have") s.member.onHave(m[1], m[2], m[3]);
        else if (m[0] === "want") s.member.onWant(m[1], m[2]);
        else if (m[0] === "skip") s.member.onSkip(m[1], m[2]);
        else if (m[0] === "later") s.member.onLater(m[1], m[2], m[3]);
        else if (m[0] === "progress") s.member.onProgress(m[1], m[2]);
        else if (m[0] === "read") s.member.read(readers[m[1]] ?? {}, m[2], m[3]);
        else if (m[0] === "stop") s.member.stopReading(readers[m[1]] ?? {});
        else if (m[0] === "wantPage") s.member.wantPage(m[1]);
        else s.clock.advance(m[1]);
        await s.settle();
        assert.ok(store.heldBytes <= store.capacityBytes);
      }
      s.member.takeTally();
      s.member.close();
    }),
    { numRuns: 100 },
  );
});
