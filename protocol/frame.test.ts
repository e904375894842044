import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DATA_HEADER_BYTES, decodeFrame, encodeFrame, FAIL_REASONS, type Frame } from "./frame.ts";

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const u48 = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff_ffff }),
  fc.constantFrom(0xffff_ffff, 0x1_0000_0000, 0xffff_ffff_ffff),
);
const anyFrame: fc.Arbitrary<Frame> = fc
  .oneof(
    fc.record({
      type: fc.constant("data" as const),
      stream: u32,
      offset: u48,
      payload: fc.uint8Array({ maxLength: 2_000 }),
    }),
    fc.record({ type: fc.constant("end" as const), stream: u32, offset: u48 }),
    fc.record({ type: fc.constant("fail" as const), stream: u32, reason: fc.constantFrom(...FAIL_REASONS) }),
    fc.record({ type: fc.constant("credit" as const), stream: u32, limit: u48 }),
    fc.record({ type: fc.constant("cancel" as const), stream: u32 }),
    fc.record({ type: fc.constant("ack" as const), received: u48 }),
    fc.record({ type: fc.constant("ping" as const), token: u32 }),
    fc.record({ type: fc.constant("pong" as const), token: u32 }),
  )
  .map((frame) => ({ ...frame }));

/** The bytes in the middle of a larger buffer, as a channel may hand them over. */
function embedded(bytes: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(bytes.length + 7);
  buffer.set(bytes, 3);
  return buffer.subarray(3, 3 + bytes.length);
}

test("a frame comes back as it was, wherever in a buffer its bytes lie", () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      assert.deepEqual(decodeFrame(embedded(encodeFrame(frame))), frame);
    }),
  );
});

test("bytes after a frame of fixed length are ignored", () => {
  fc.assert(
    fc.property(anyFrame, fc.uint8Array({ minLength: 1, maxLength: 20 }), (frame, extra) => {
      fc.pre(frame.type !== "data");
      assert.deepEqual(decodeFrame(Uint8Array.from([...encodeFrame(frame), ...extra])), frame);
    }),
  );
});

test("a frame cut short is no frame", () => {
  fc.assert(
    fc.property(anyFrame, fc.nat(), (frame, cut) => {
      const bytes = encodeFrame(frame);
      const length = cut % (frame.type === "data" ? DATA_HEADER_BYTES : bytes.length);
      assert.equal(decodeFrame(bytes.subarray(0, length)), undefined);
    }),
  );
});

test("an unknown frame type or reason is no frame", () => {
  assert.equal(decodeFrame(new Uint8Array(20)), undefined);
  assert.equal(decodeFrame(new Uint8Array(20).fill(9)), undefined);
  assert.equal(decodeFrame(Uint8Array.from([3, 0, 0, 0, 1, FAIL_REASONS.length])), undefined);
});

test("garbage decodes to a frame or to nothing and never throws", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const frame = decodeFrame(bytes);
      if (frame !== undefined) assert.deepEqual(decodeFrame(encodeFrame(frame)), frame);
    }),
    { numRuns: 2_000 },
  );
});

test("the bytes are as drawn: big-endian, type first", () => {
  const data = encodeFrame({
    type: "data",
    stream: 0x01020304,
    offset: 0x0a0b0c0d0e0f,
    payload: Uint8Array.from([255]),
  });
  assert.deepEqual([...data], [1, 1, 2, 3, 4, 10, 11, 12, 13, 14, 15, 255]);
});
