import assert from "node:assert/strict";
import { test } from "node:test";
import { LinkStream } from "./link-stream.ts";

function recorded() {
  const events: string[] = [];
  const stream = new LinkStream(7, {
    consumed: (bytes) => events.push(`consumed ${bytes}`),
    stalled: () => events.push("stalled"),
    closed: () => events.push("closed"),
  });
  return { stream, events };
}

test("bytes are read in order, and reading grants credit", async () => {
  const { stream, events } = recorded();
  stream.data(new Uint8Array([1, 2]));
  stream.data(new Uint8Array([3]));
  stream.end();
  assert.deepEqual(await stream.read(), new Uint8Array([1, 2]));
  assert.deepEqual(await stream.read(), new Uint8Array([3]));
  assert.equal(await stream.read(), "end");
  assert.deepEqual(events, ["consumed 2", "consumed 1"]);
});

test("a second without bytes is a stall: the stream fails and is cancelled", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { stream, events } = recorded();
  const reading = stream.read();
  context.mock.timers.tick(999);
  assert.deepEqual(events, []);
  context.mock.timers.tick(1);
  assert.equal(await reading, "failed");
  assert.deepEqual(events, ["stalled", "closed"]);
});

test("nobody reading is no stall", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { stream, events } = recorded();
  stream.data(new Uint8Array(1));
  context.mock.timers.tick(60_000);
  assert.deepEqual(events, []);
});

test("a stream that failed delivers what had come, then fails", async () => {
  const { stream } = recorded();
  stream.data(new Uint8Array([1]));
  stream.fail();
  assert.deepEqual(await stream.read(), new Uint8Array([1]));
  assert.equal(await stream.read(), "failed");
});

test("an ended stream needs no cancel", () => {
  const { stream, events } = recorded();
  stream.end();
  stream.cancel();
  assert.deepEqual(events, []);
});
