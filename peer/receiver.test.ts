import assert from "node:assert/strict";
import { test } from "node:test";
import { DATA_HEADER_BYTES, decodeFrame, encodeFrame, type Frame } from "../protocol/frame.ts";
import { STREAM_CREDIT_BYTES } from "../protocol/limits.ts";
import { TestClock } from "../testing/clock.ts";
import { createReceiver } from "../testing/stream-receiver.ts";
import type { StreamSink } from "./incoming.ts";

/** A receiver whose answers are collected; `hear` plays the origin. */
function setUp() {
  const clock = new TestClock();
  const frames: Frame[] = [];
  const events: string[] = [];
  const state = { refuses: false, closed: false };
  const receiver = createReceiver({
    channel: {
      send: (bytes) => {
        const frame = decodeFrame(bytes);
        if (state.refuses || frame === undefined) return false;
        frames.push(frame);
        return true;
      },
      bufferedBytes: () => 0,
      close: () => {
        state.closed = true;
      },
    },
    clock,
    onFault: (fault) => events.push(`fault ${fault}`),
    onSilent: () => events.push("silent"),
  });
  const hear = (frame: Frame): void => receiver.onMessage(encodeFrame(frame));
  const data = (stream: number, offset: number, bytes: number): void =>
    hear({ type: "data", stream, offset, payload: new Uint8Array(bytes) });
  const sink: StreamSink = {
    data: (bytes, offset) => events.push(`data ${offset}+${bytes.length}`),
    end: (offset) => events.push(`end ${offset}`),
    fail: (reason) => events.push(`fail ${reason}`),
  };
  const sent = (type: Frame["type"]): Frame[] => frames.filter((frame) => frame.type === type);
  return { clock, frames, events, state, receiver, hear, data, sink, sent };
}

test("bytes reach the sink in order and the end comes last", () => {
  const { receiver, data, hear, events, sink } = setUp();
  receiver.open(1, 100, sink, 1_000);
  data(1, 100, 5);
  data(1, 105, 7);
  hear({ type: "end", stream: 1, offset: 112 });
  assert.deepEqual(events, ["data 100+5", "data 105+7", "end 112"]);
});

test("a stream opened without a start begins where its first frame says", () => {
  const { receiver, data, hear, events, sink } = setUp();
  receiver.open(1, null, sink, 1_000);
  receiver.open(2, null, sink, 1_000);
  data(1, 77, 5);
  hear({ type: "end", stream: 1, offset: 82 });
  hear({ type: "end", stream: 2, offset: 9 });
  assert.deepEqual(events, ["data 77+5", "end 82", "end 9"]);
});

test("every DATA frame is acknowledged by the total received, headers included", () => {
  const { receiver, data, sent, sink } = setUp();
  receiver.open(1, 0, sink, 1_000);
  data(1, 0, 5);
  data(9, 0, 5);
  assert.deepEqual(sent("ack"), [
    { type: "ack", received: DATA_HEADER_BYTES + 5 },
    { type: "ack", received: 2 * (DATA_HEADER_BYTES + 5) },
  ]);
});

test("credit is granted when half of it is used up, as consumed plus window", () => {
  const { receiver, data, sent, sink } = setUp();
  receiver.open(1, 1_000, sink, 100);
  data(1, 1_000, 80);
  receiver.consumed(1, 49);
  assert.deepEqual(sent("credit"), []);
  receiver.consumed(1, 1);
  assert.deepEqual(sent("credit"), [{ type: "credit", stream: 1, limit: 1_150 }]);
  receiver.consumed(1, 30);
  assert.equal(sent("credit").length, 1);
});

test("no more can be consumed than was received", () => {
  const { receiver, data, sent, sink } = setUp();
  receiver.open(1, 0, sink, 100);
  data(1, 0, 60);
  receiver.consumed(1, 1_000);
  assert.deepEqual(sent("credit"), [{ type: "credit", stream: 1, limit: 160 }]);
});

for (const [rule, offset] of [
  ["gap", 11],
  ["overlap", 9],
] as const) {
  test(`a stream with a ${rule} is cancelled and fails as malformed`, () => {
    const { receiver, data, events, sent, sink } = setUp();
    receiver.open(1, 0, sink, 1_000);
    data(1, 0, 10);
    data(1, offset, 10);
    assert.deepEqual(events, ["data 0+10", "fault gap", "fail malformed"]);
    assert.deepEqual(sent("cancel"), [{ type: "cancel", stream: 1 }]);
  });
}

test("an end at a wrong offset is no end", () => {
  const { receiver, data, hear, events, sink } = setUp();
  receiver.open(1, 0, sink, 1_000);
  data(1, 0, 10);
  hear({ type: "end", stream: 1, offset: 9 });
  assert.deepEqual(events, ["data 0+10", "fault gap", "fail malformed"]);
});

test("bytes beyond the credit never reach the sink", () => {
  const { receiver, data, events, sent, sink } = setUp();
  receiver.open(1, 0, sink, 10);
  data(1, 0, 10);
  data(1, 10, 1);
  assert.deepEqual(events, ["data 0+10", "fault unasked", "fail malformed"]);
  assert.equal(sent("cancel").length, 1);
});

test("the sender's failure reaches the sink with its reason", () => {
  const { receiver, hear, events, sink } = setUp();
  receiver.open(1, 0, sink, 1_000);
  hear({ type: "fail", stream: 1, reason: "upstream" });
  assert.deepEqual(events, ["fail upstream"]);
});

test("a stream never opened is cancelled once and counted", () => {
  const { data, sent, events } = setUp();
  data(9, 0, 5);
  data(9, 5, 5);
  assert.deepEqual(sent("cancel"), [{ type: "cancel", stream: 9 }]);
  assert.deepEqual(events, ["fault unasked", "fault unasked"]);
});

test("after a cancel the sink hears nothing, and what was on its way is no fault", () => {
  const { receiver, data, hear, events, sent, sink } = setUp();
  receiver.open(1, 0, sink, 100);
  receiver.cancel(1);
  receiver.cancel(1);
  data(1, 0, 100);
  hear({ type: "fail", stream: 1, reason: "closing" });
  assert.deepEqual(events, []);
  assert.deepEqual(sent("cancel"), [{ type: "cancel", stream: 1 }]);
});

test("more than the credit after a cancel is a fault", () => {
  const { receiver, data, events, sink } = setUp();
  receiver.open(1, 0, sink, 100);
  receiver.cancel(1);
  data(1, 0, 101);
  assert.deepEqual(events, ["fault unasked"]);
});

test("a sink may cancel from within its data", () => {
  const { receiver, data, events, sink } = setUp();
  receiver.open(1, 0, { ...sink, data: () => receiver.cancel(1) }, 100);
  data(1, 0, 5);
  data(1, 5, 5);
  assert.deepEqual(events, []);
});

test("a peer that floods with what nobody asked for loses the channel", () => {
  const { receiver, data, state, events, sink } = setUp();
  receiver.open(1, 0, sink, 100);
  for (let bytes = 0; bytes <= STREAM_CREDIT_BYTES; bytes += 60_000) data(9, 0, 60_000);
  assert.equal(state.closed, true);
  assert.deepEqual(events.slice(-2), ["fault flood", "fail closed"]);
});

test("garbage floods as well", () => {
  const { receiver, state } = setUp();
  for (let bytes = 0; bytes <= STREAM_CREDIT_BYTES; bytes += 60_000) receiver.onMessage(new Uint8Array(60_000));
  assert.equal(state.closed, true);
});

test("what only a client sends and stray ends are reported and dropped", () => {
  const { hear, events } = setUp();
  hear({ type: "credit", stream: 1, limit: 5 });
  hear({ type: "cancel", stream: 1 });
  hear({ type: "ack", received: 5 });
  hear({ type: "end", stream: 1, offset: 5 });
  assert.deepEqual(events, Array(4).fill("fault unexpected"));
});

test("a silent link is asked after one second and closed after three", () => {
  const { receiver, clock, events, sent, state, sink } = setUp();
  receiver.open(1, 0, sink, 100);
  clock.advance(999);
  assert.equal(sent("ping").length, 0);
  clock.advance(1);
  assert.equal(sent("ping").length, 1);
  clock.advance(1_999);
  assert.equal(state.closed, false);
  clock.advance(1);
  assert.equal(state.closed, true);
  assert.deepEqual(events, ["silent", "fail closed"]);
  assert.equal(clock.pending(), 0);
});

test("a link that answers pings stays open while a stream is paused", () => {
  const { receiver, clock, events, hear, sink } = setUp();
  receiver.open(1, 0, sink, 100);
  for (let i = 0; i < 20; i++) {
    clock.advance(1_000);
    hear({ type: "pong", token: i });
  }
  assert.deepEqual(events, []);
});

test("a link with no open stream is not watched, however long it was idle", () => {
  const { receiver, clock, events, frames, hear, sink } = setUp();
  receiver.open(1, 0, sink, 100);
  hear({ type: "end", stream: 1, offset: 0 });
  assert.equal(clock.pending(), 0);
  clock.advance(3_600_000);
  receiver.open(2, 0, sink, 100);
  clock.advance(999);
  assert.deepEqual(events, ["end 0"]);
  assert.deepEqual(frames, []);
});

test("a ping of the origin is answered", () => {
  const { hear, frames } = setUp();
  hear({ type: "ping", token: 3 });
  assert.deepEqual(frames, [{ type: "pong", token: 3 }]);
});

test("when the channel closes every open stream fails once, and later ones at once", () => {
  const { receiver, events, clock, sink } = setUp();
  receiver.open(1, 0, sink, 100);
  receiver.open(2, 0, sink, 100);
  receiver.onClose();
  receiver.onClose();
  receiver.open(3, 0, sink, 100);
  assert.deepEqual(events, ["fail closed", "fail closed", "fail closed"]);
  assert.equal(clock.pending(), 0);
});

test("a channel that refuses an answer is closed", () => {
  const { receiver, data, events, state, sink } = setUp();
  receiver.open(1, 0, sink, 100);
  state.refuses = true;
  data(1, 0, 5);
  assert.equal(state.closed, true);
  assert.deepEqual(events, ["fail closed"]);
});
