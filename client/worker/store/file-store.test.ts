import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FakeFile } from "../../../testing/fake-file.ts";
import { FileStore } from "./file-store.ts";

function rig(pieces = new FakeFile(), journal = new FakeFile()) {
  const store = new FileStore(pieces.reopen(), journal.reopen());
  store.capacityBytes = 1_000_000;
  return { store, pieces, journal, again: () => rig(pieces, journal) };
}

const bytesOf = (piece: number, lengthBytes = 100): Uint8Array =>
  Uint8Array.from({ length: lengthBytes }, (_, index) => (piece * 31 + index) & 255);

test("what was put is there on the next visit: pieces, and manifests, the newest of each page", () => {
  const first = rig();
  first.store.put(7, bytesOf(7));
  first.store.put(1_000_000, bytesOf(9, 250));
  first.store.putManifest(0, bytesOf(1));
  first.store.putManifest(0, bytesOf(2));
  first.store.close();
  const { store } = first.again();
  assert.deepEqual([...store.pieces()].sort(), [1_000_000, 7]);
  assert.deepEqual(store.get(1_000_000), bytesOf(9, 250));
  assert.deepEqual([...store.manifests()], [bytesOf(2)]);
  assert.equal(store.heldBytes, 350);
});

test("a write that the browser refuses keeps nothing, is told once, and takes nothing away", () => {
  const { store, pieces, again } = rig();
  let full = 0;
  store.onFull = () => {
    full += 1;
  };
  store.put(1, bytesOf(1));
  pieces.maxBytes = 150;
  assert.equal(store.put(2, bytesOf(2)), false);
  assert.equal(store.put(3, bytesOf(3)), false);
  assert.deepEqual([store.has(2), store.heldBytes, store.capacityBytes, full], [false, 100, 100, 1]);
  store.drop(1);
  assert.equal(store.put(2, bytesOf(2)), true);
  store.close();
  assert.deepEqual([...again().store.pieces()], [2]);
});

test("a piece whose journal entry could not be written is not kept", () => {
  const { store, journal } = rig();
  journal.maxBytes = journal.getSize();
  assert.equal(store.put(1, bytesOf(1)), false);
  store.putManifest(0, bytesOf(1));
  assert.deepEqual([store.has(1), [...store.manifests()]], [false, []]);
});

test("nothing above the capacity is taken", () => {
  const { store } = rig();
  store.capacityBytes = 250;
  assert.deepEqual([store.put(1, bytesOf(1)), store.put(2, bytesOf(2)), store.put(3, bytesOf(3))], [true, true, false]);
  assert.equal(store.put(1, bytesOf(1)), true);
});

test("files that are broken, cut or closed are empty, not errors", () => {
  const { store, pieces, again } = rig();
  store.put(1, bytesOf(1));
  pieces.truncate(50);
  assert.deepEqual([store.get(1), store.has(1)], [undefined, false]);
  store.put(1, bytesOf(1));
  store.close();
  store.close();
  assert.deepEqual([store.get(1), store.put(2, bytesOf(2))], [undefined, false]);
  const { store: next, journal } = again();
  journal.bytes.fill(255);
  next.close();
  assert.deepEqual([...again().store.pieces()], []);
});

test("handles that throw at everything make a store that keeps nothing", () => {
  const [pieces, journal] = [new FakeFile(), new FakeFile()];
  pieces.close();
  journal.close();
  const store = new FileStore(pieces, journal);
  store.capacityBytes = 1_000;
  assert.equal(store.put(1, bytesOf(1)), false);
  assert.equal(store.get(1), undefined);
});

test("the journal stays about as long as what it says, however often pieces come and go", () => {
  const { store, journal, again } = rig();
  for (let round = 0; round < 20_000; round += 1) {
    store.put(round % 8, bytesOf(round % 8));
    if (round % 8 !== 3) store.drop(round % 8);
  }
  assert.ok(journal.getSize() < 100_000, `${journal.getSize()} bytes`);
  store.close();
  assert.deepEqual([...again().store.pieces()], [3]);
});

test("whatever is put, dropped and cut off by a crash: what is held reads back equal", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("put" as const), piece: fc.nat(12), lengthBytes: fc.integer({ min: 1, max: 300 }) }),
    fc.record({ do: fc.constant("drop" as const), piece: fc.nat(12) }),
    fc.record({ do: fc.constant("crash" as const), tornBytes: fc.nat(40) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let at = rig();
      let model = new Map<number, Uint8Array>();
      for (const next of steps) {
        if (next.do === "put" && !model.has(next.piece)) {
          const bytes = bytesOf(next.piece, next.lengthBytes);
          assert.equal(at.store.put(next.piece, bytes), true);
          model.set(next.piece, bytes);
        } else if (next.do === "drop") {
          at.store.drop(next.piece);
          model.delete(next.piece);
        } else if (next.do === "crash") {
          at.store.close();
          at.journal.reopen().truncate(Math.max(4, at.journal.getSize() - next.tornBytes));
          at = at.again();
          // A torn journal may have lost what came last, the news of a drop among it: such a piece reads as what lay there.
          const held = new Set(at.store.pieces());
          for (const piece of held) if (next.tornBytes > 0 && !model.has(piece)) at.store.drop(piece);
          if (next.tornBytes === 0) assert.deepEqual(new Set(model.keys()), held);
          model = new Map([...model].filter(([piece, bytes]) => held.has(piece) && isSame(at.store.get(piece), bytes)));
          for (const piece of held) if (!model.has(piece)) at.store.drop(piece);
        }
      }
      assert.deepEqual(new Set(at.store.pieces()), new Set(model.keys()));
      for (const [piece, bytes] of model) assert.deepEqual(at.store.get(piece), bytes);
    }),
  );
});

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}
