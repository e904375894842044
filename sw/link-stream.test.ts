import assert from "node:assert/strict";
import { test } from "node:test";
import type { Note } from "../protocol/note.ts";
import { LinkStream } from "./link-stream.ts";

const NOTE: Note = { v: 1, status: 200, statusText: "", headers: [], stream: 7, start: 0, end: 1, total: 1 };

function recorded(stallMs = 1_000) {
  const events: string[] = [];
  const stream = new LinkStream(7, stallMs, {
    consumed: (bytes) => events.push(`consumed ${bytes}`),
    stalled: () => events.push("stalled"),
    closed: () => events.push("closed"),
  });
  return { stream, events };
}

test("bytes are read in order, and reading grants credit", async () => {
  const { stream, events } = recorded();
  stream.data(new Uint8Array([1, 2]), "origin");
  stream.data(new Uint8Array([3]), "origin");
  stream.finish("end");
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
  stream.data(new Uint8Array(1), "origin");
  context.mock.timers.tick(60_000);
  assert.deepEqual(events, []);
});

test("a stream that failed delivers what had come, then fails", async () => {
  const { stream } = recorded();
  stream.data(new Uint8Array([1]), "origin");
  stream.finish("failed");
  assert.deepEqual(await stream.read(), new Uint8Array([1]));
  assert.equal(await stream.read(), "failed");
});

test("an ended stream needs no cancel", () => {
  const { stream, events } = recorded();
  stream.finish("end");
  stream.cancel();
  assert.deepEqual(events, []);
});

test("a stream that was asked for has its note before its bytes", async () => {
  const { stream } = recorded();
  const asking = stream.note();
  stream.found(NOTE);
  stream.data(new Uint8Array([1]), "viewer");
  assert.equal(await asking, NOTE);
  assert.deepEqual(await stream.read(), new Uint8Array([1]));
});

test("a stream that fails before its note has none", async () => {
  const { stream } = recorded();
  const asking = stream.note();
  stream.finish("failed");
  assert.equal(await asking, undefined);
});

test("a worker that does not answer within a second is as good as none", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { stream, events } = recorded(3_000);
  const asking = stream.note();
  context.mock.timers.tick(1_000);
  assert.equal(await asking, undefined);
  assert.deepEqual(events, ["stalled", "closed"]);
});

test("the path is that of the bytes last read", async () => {
  const { stream } = recorded();
  stream.data(new Uint8Array([1]), "viewer");
  stream.data(new Uint8Array([2]), "origin");
  await stream.read();
  assert.equal(stream.path, "viewer");
  await stream.read();
  assert.equal(stream.path, "origin");
});
