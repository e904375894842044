import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFrame, encodeFrame, type Frame } from "../protocol/frame.ts";
import { MAX_FRAME_BYTES, MAX_STREAMS } from "../protocol/limits.ts";
import { TestClock } from "../testing/clock.ts";
import { BytesBody, EndlessBody, FedBody } from "../testing/sim-body.ts";
import { createSender, type SenderFault } from "../testing/stream-sender.ts";
import type { Channel } from "./channel.ts";

const PLENTY = 1_000_000_000;

/** A sender whose frames are collected; `ack()` acknowledges all that was sent, `hear` plays the client. */
function setUp() {
  const clock = new TestClock();
  const frames: Frame[] = [];
  const faults: SenderFault[] = [];
  const state = { refuses: false, closed: false, bufferedBytes: 0, payloadBytes: 0 };
  const channel: Channel = {
    send: (bytes) => {
      assert.ok(bytes.length <= MAX_FRAME_BYTES);
      const frame = decodeFrame(bytes);
      if (state.refuses || frame === undefined) return false;
      frames.push(frame);
      return true;
    },
    bufferedBytes: () => state.bufferedBytes,
    close: () => {
      state.closed = true;
    },
  };
  const sender = createSender({
    channel,
    clock,
    onSent: (bytes) => {
      state.payloadBytes += bytes;
    },
    onFault: (fault) => faults.push(fault),
  });
  const hear = (frame: Frame): void => sender.onMessage(encodeFrame(frame));
  const ack = (): void => {
    clock.advance(20);
    hear({ type: "ack", received: sender.stats().sentBytes });
    clock.advance(20);
  };
  return { clock, frames, faults, state, sender, hear, ack };
}

function dataOf(frames: readonly Frame[], stream: number): number[] {
  return frames.flatMap((frame) => (frame.type === "data" && frame.stream === stream ? [...frame.payload] : []));
}

function endings(frames: readonly Frame[]): Frame[] {
  return frames.filter((frame) => frame.type === "end" || frame.type === "fail");
}

const BYTES = Uint8Array.from({ length: 1_000 }, (_, i) => i % 251);

test("a whole body goes out in order from its start and ends at its end", () => {
  const { sender, frames, state } = setUp();
  assert.equal(sender.push(1, new BytesBody(BYTES), 500, 1_500, PLENTY), true);
  assert.deepEqual(dataOf(frames, 1), [...BYTES]);
  assert.equal(frames[0]?.type === "data" && frames[0].offset, 500);
  assert.deepEqual(endings(frames), [{ type: "end", stream: 1, offset: 1_500 }]);
  assert.equal(state.payloadBytes, 1_000);
});

test("a body of unknown length ends where it ends", () => {
  const { sender, frames } = setUp();
  sender.push(1, new BytesBody(BYTES), 0, null, PLENTY);
  assert.deepEqual(endings(frames), [{ type: "end", stream: 1, offset: 1_000 }]);
});

test("an empty range ends at once, without credit", () => {
  const { sender, frames } = setUp();
  sender.push(1, new BytesBody(new Uint8Array(0)), 7, 7, 0);
  assert.deepEqual(frames, [{ type: "end", stream: 1, offset: 7 }]);
});

for (const [rule, end] of [
  ["shorter", 1_001],
  ["longer", 999],
] as const) {
  test(`a body ${rule} than promised fails and is never said to be whole`, () => {
    const { sender, frames } = setUp();
    const body = new BytesBody(BYTES);
    sender.push(1, body, 0, end, PLENTY);
    assert.deepEqual(endings(frames), [{ type: "fail", stream: 1, reason: "upstream" }]);
    assert.equal(body.cancelled, true);
  });
}

test("a body that breaks fails the stream", () => {
  const { sender, frames } = setUp();
  const body = new FedBody();
  sender.push(1, body, 0, 10, PLENTY);
  body.feed(new Uint8Array(4));
  body.finish("broken");
  assert.deepEqual(endings(frames), [{ type: "fail", stream: 1, reason: "upstream" }]);
});

test("a body that hands out more than asked for, or nothing, fails the stream", () => {
  for (const chunk of [new Uint8Array(0), new Uint8Array(MAX_FRAME_BYTES)]) {
    const { sender, frames } = setUp();
    sender.push(1, { read: () => chunk, onReadable: () => {}, cancel: () => {} }, 0, null, PLENTY);
    assert.deepEqual(frames, [{ type: "fail", stream: 1, reason: "upstream" }]);
  }
});

test("a stream waits for its body and goes on when it is readable", () => {
  const { sender, frames } = setUp();
  const body = new FedBody();
  sender.push(1, body, 0, 4, PLENTY);
  assert.deepEqual(frames, []);
  body.feed(Uint8Array.from([1, 2]));
  body.feed(Uint8Array.from([3, 4]));
  assert.deepEqual(dataOf(frames, 1), [1, 2, 3, 4]);
  assert.deepEqual(endings(frames), []);
  body.finish("end");
  assert.deepEqual(endings(frames), [{ type: "end", stream: 1, offset: 4 }]);
});

test("nothing goes beyond the credit, and more goes when more is granted", () => {
  const { sender, frames, hear } = setUp();
  sender.push(1, new BytesBody(BYTES), 100, 1_100, 10);
  assert.equal(dataOf(frames, 1).length, 10);
  hear({ type: "credit", stream: 1, limit: 130 });
  assert.equal(dataOf(frames, 1).length, 30);
  hear({ type: "credit", stream: 1, limit: 120 });
  assert.equal(dataOf(frames, 1).length, 30);
  hear({ type: "credit", stream: 1, limit: 1_100 });
  assert.deepEqual(endings(frames), [{ type: "end", stream: 1, offset: 1_100 }]);
});

test("credit once granted is never taken back", () => {
  const { sender, frames, hear } = setUp();
  const body = new FedBody();
  sender.push(1, body, 0, null, 30);
  hear({ type: "credit", stream: 1, limit: 5 });
  body.feed(BYTES);
  assert.equal(dataOf(frames, 1).length, 30);
});

test("the end follows the last byte at once, even when the window is used up", () => {
  const { sender, frames } = setUp();
  sender.push(1, new EndlessBody(), 0, null, PLENTY);
  const windowful = dataOf(frames, 1).length;
  const other = setUp();
  other.sender.push(1, new BytesBody(new Uint8Array(windowful)), 0, windowful, PLENTY);
  assert.deepEqual(endings(other.frames), [{ type: "end", stream: 1, offset: windowful }]);
});

test("a body is not read beyond what may be sent", () => {
  const { sender } = setUp();
  let readBytes = 0;
  const endless = new EndlessBody();
  const read = (maxBytes: number): Uint8Array => {
    readBytes += maxBytes;
    return endless.read(maxBytes);
  };
  sender.push(1, { read, onReadable: () => {}, cancel: () => {} }, 0, null, PLENTY);
  assert.ok(readBytes <= sender.stats().sentBytes);
  assert.ok(readBytes < 50_000, `${readBytes} bytes read with no ACK at all`);
});

test("without ACKs no more than the window is in flight, however long it takes", () => {
  const { sender, clock } = setUp();
  sender.push(1, new EndlessBody(), 0, null, PLENTY);
  clock.advance(60_000);
  const { sentBytes, windowBytes } = sender.stats();
  assert.ok(sentBytes <= windowBytes + MAX_FRAME_BYTES);
});

test("streams take turns", () => {
  const { sender, frames, ack } = setUp();
  for (const stream of [1, 2, 3]) sender.push(stream, new EndlessBody(), 0, null, PLENTY);
  frames.length = 0;
  for (let i = 0; i < 100; i++) ack();
  const shares = [1, 2, 3].map((stream) => dataOf(frames, stream).length);
  assert.ok(Math.min(...shares) > 0.9 * Math.max(...shares), shares.join(" "));
});

test("a stream without credit holds up nobody", () => {
  const { sender, frames } = setUp();
  sender.push(1, new EndlessBody(), 0, null, 0);
  sender.push(2, new BytesBody(BYTES), 0, 1_000, PLENTY);
  assert.deepEqual(endings(frames), [{ type: "end", stream: 2, offset: 1_000 }]);
});

test("a cancelled stream stops its body and sends nothing more", () => {
  const { sender, frames, hear } = setUp();
  const body = new FedBody();
  sender.push(1, body, 0, null, PLENTY);
  hear({ type: "cancel", stream: 1 });
  body.feed(new Uint8Array(5));
  assert.deepEqual(frames, []);
  assert.equal(body.cancelled, true);
  assert.equal(sender.stats().streams, 0);
});

test("a stream cancelled before it was pushed is not sent", () => {
  const { sender, frames, hear } = setUp();
  const body = new BytesBody(BYTES);
  hear({ type: "cancel", stream: 1 });
  assert.equal(sender.push(1, body, 0, 1_000, PLENTY), false);
  assert.equal(body.cancelled, true);
  assert.deepEqual(frames, []);
});

test("a stream too many fails with the limit, and its body is cancelled", () => {
  const { sender, frames } = setUp();
  for (let stream = 1; stream <= MAX_STREAMS; stream++) sender.push(stream, new FedBody(), 0, null, PLENTY);
  const body = new BytesBody(BYTES);
  assert.equal(sender.push(9_999, body, 0, null, PLENTY), false);
  assert.deepEqual(frames, [{ type: "fail", stream: 9_999, reason: "limit" }]);
  assert.equal(body.cancelled, true);
});

test("a stream number in use is refused without harm to the stream that has it", () => {
  const { sender, frames, faults } = setUp();
  const body = new FedBody();
  sender.push(1, body, 0, null, PLENTY);
  assert.equal(sender.push(1, new BytesBody(BYTES), 0, null, PLENTY), false);
  body.feed(Uint8Array.from([5]));
  assert.deepEqual(dataOf(frames, 1), [5]);
  assert.deepEqual(faults, ["duplicate-stream"]);
});

test("thousands of streams in a row leave nothing behind", () => {
  const { sender, frames, ack, clock } = setUp();
  for (let stream = 1; stream <= 5_000; stream++) {
    sender.push(stream, new BytesBody(BYTES), 0, 1_000, PLENTY);
    ack();
  }
  assert.equal(endings(frames).length, 5_000);
  assert.equal(sender.stats().streams, 0);
  assert.equal(clock.pending(), 0);
});

test("closing fails every open stream, cancels its body and sets no timer", () => {
  const { sender, frames, clock } = setUp();
  const body = new FedBody();
  sender.push(1, body, 0, null, PLENTY);
  sender.close();
  sender.close();
  assert.deepEqual(frames, [{ type: "fail", stream: 1, reason: "closing" }]);
  assert.equal(body.cancelled, true);
  assert.equal(clock.pending(), 0);
  const late = new FedBody();
  assert.equal(sender.push(2, late, 0, null, PLENTY), false);
  assert.equal(late.cancelled, true);
});

test("a channel that refuses a message is closed and every body cancelled", () => {
  const { sender, state } = setUp();
  const other = new FedBody();
  sender.push(1, other, 0, null, PLENTY);
  state.refuses = true;
  const body = new BytesBody(BYTES);
  sender.push(2, body, 0, 1_000, PLENTY);
  assert.equal(state.closed, true);
  assert.deepEqual([body.cancelled, other.cancelled], [true, true]);
});

test("a channel that cannot get rid of its bytes is given no more until it can", () => {
  const { sender, frames, state, clock } = setUp();
  state.bufferedBytes = 2_000_000;
  sender.push(1, new BytesBody(BYTES), 0, 1_000, PLENTY);
  clock.advance(1_000);
  assert.deepEqual(frames, []);
  state.bufferedBytes = 0;
  clock.advance(20);
  assert.equal(dataOf(frames, 1).length, 1_000);
});

test("a ping is answered, unless answers pile up unread", () => {
  const { frames, hear, state } = setUp();
  hear({ type: "ping", token: 5 });
  state.bufferedBytes = 2_000_000;
  hear({ type: "ping", token: 6 });
  assert.deepEqual(frames, [{ type: "pong", token: 5 }]);
});

test("what only an origin sends, what is no frame and impossible ACKs are reported and dropped", () => {
  const { sender, faults, frames, hear } = setUp();
  sender.onMessage(new Uint8Array(0));
  hear({ type: "end", stream: 1, offset: 0 });
  hear({ type: "ack", received: 1 });
  assert.deepEqual(faults, ["malformed", "unexpected", "impossible-ack"]);
  assert.deepEqual(frames, []);
});
