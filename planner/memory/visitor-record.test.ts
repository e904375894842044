// What was written is read again; what was not written whole is left out, and harms nothing beside it.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readRecords, type VisitorRecord, visitorKey, writeRecords } from "./visitor-record.ts";

const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const fields = {
  key: fc.nat().map((n) => visitorKey(`${n}`)),
  reputation: fc.integer({ min: 0, max: 10_000 }).map((parts) => parts / 10_000),
  uplinkBps: fc.option(count, { nil: undefined }),
  stayMs: count,
  seenMs: count,
};
const record: fc.Arbitrary<VisitorRecord> = fc.record(fields, { noNullPrototype: true });

test("records are read as they were written", () => {
  fc.assert(
    fc.property(fc.array(record), (records) => {
      assert.deepEqual(readRecords(writeRecords(records)), { records, corrupt: 0, isTorn: false });
    }),
  );
});

test("wherever a text was cut off, what is read is how it began, and nothing counts as corrupt", () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), fc.nat(), (records, at) => {
      const text = writeRecords(records);
      const cut = text.slice(0, at % text.length);
      const read = readRecords(cut);
      assert.deepEqual(read.records, records.slice(0, read.records.length));
      assert.ok(read.records.length >= cut.split("\n").length - 1);
      assert.equal(read.corrupt, 0);
      assert.equal(read.isTorn, cut !== "" && !cut.endsWith("\n"));
    }),
  );
});

test("a line that was changed is left out and counted, and the others are read", () => {
  const lines = fc.array(record, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(lines, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (records, line, at, flip) => {
      const texts = records.map((one) => Buffer.from(writeRecords([one])));
      const changed = texts[line % texts.length] ?? Buffer.alloc(0);
      // Not its end: that would make one line of two.
      const index = at % (changed.length - 1);
      changed[index] = (changed[index] ?? 0) ^ flip;
      fc.pre(!changed.subarray(0, -1).includes(10));
      const read = readRecords(Buffer.concat(texts).toString());
      assert.deepEqual(
        read.records,
        records.filter((_, other) => other !== line % texts.length),
      );
      assert.equal(read.corrupt, 1);
    }),
  );
});

test("no text makes it throw", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void readRecords(text)));
  assert.equal(readRecords("x\n".repeat(1_000)).corrupt, 1_000);
});

test("a record's key is no visitor's id, and two visitors have two", () => {
  const id = "0123456789abcdef0123456789abcdef";
  assert.match(visitorKey(id), /^[0-9a-f]{32}$/);
  assert.notEqual(visitorKey(id), id);
  assert.notEqual(visitorKey(id), visitorKey("1".repeat(32)));
});
