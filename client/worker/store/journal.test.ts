import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeJournal, type Entry, encodeEntry, entryBytes, JOURNAL_HEAD } from "./journal.ts";

const PLAIN = { noNullPrototype: true };
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({ type: fc.constant("manifest" as const), page: u32, signed: fc.uint8Array({ maxLength: 300 }) }, PLAIN),
  fc.record(
    {
      type: fc.constant("piece" as const),
      piece: u32,
      at: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      lengthBytes: u32,
    },
    PLAIN,
  ),
  fc.record({ type: fc.constant("drop" as const), piece: u32 }, PLAIN),
);

function journalOf(entries: readonly Entry[]): Uint8Array {
  return new Uint8Array(Buffer.concat([JOURNAL_HEAD, ...entries.map(encodeEntry)]));
}

test("a journal says what was written, in order", () => {
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const bytes = journalOf(entries);
      assert.deepEqual(decodeJournal(bytes), { entries, lengthBytes: bytes.length });
    }),
  );
});

test("of a journal that was cut anywhere every whole entry is read, and nothing after", () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (entries, share) => {
      const bytes = journalOf(entries);
      const cut = JOURNAL_HEAD.length + Math.floor(share * (bytes.length - JOURNAL_HEAD.length));
      const read = decodeJournal(bytes.subarray(0, cut));
      assert.deepEqual(read.entries, entries.slice(0, read.entries.length));
      assert.deepEqual(read.lengthBytes, journalOf(read.entries).length);
      const next = entries[read.entries.length];
      assert.ok(next === undefined || read.lengthBytes + encodeEntry(next).length > cut);
    }),
  );
});

test("a changed byte ends a journal before it, and bytes of any kind never throw", () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1 }), fc.nat(), fc.uint8Array(), (entries, where, noise) => {
      const bytes = journalOf(entries);
      const at = where % bytes.length;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      const read = decodeJournal(bytes);
      assert.ok(read.lengthBytes <= at);
      assert.deepEqual(read.entries, entries.slice(0, read.entries.length));
      decodeJournal(noise);
      decodeJournal(Buffer.concat([JOURNAL_HEAD, noise]));
    }),
  );
});

test("the length of entries is known before they are made", () => {
  const signed = new Uint8Array(77);
  assert.equal(entryBytes(signed), encodeEntry({ type: "manifest", page: 1, signed }).length);
  assert.equal(entryBytes(), encodeEntry({ type: "piece", piece: 1, at: 2, lengthBytes: 3 }).length);
});
