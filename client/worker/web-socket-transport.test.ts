import assert from "node:assert/strict";
import { mock, type TestContext, test } from "node:test";
import { openWebSocket } from "./web-socket-transport.ts";

/** As a browser's, on a way that never answers a farewell: `onclose` does not come by itself. */
class FakeSocket {
  static readonly OPEN = 1;
  static last: FakeSocket;
  readyState = 0;
  onopen = (): void => {};
  onmessage = (_: { data: string }): void => {};
  onclose = (): void => {};

  constructor() {
    FakeSocket.last = this;
  }

  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen();
  }

  send(): void {}

  close(): void {
    this.readyState = 2;
  }
}

const PONG = '{"type":"pong"}';

/** A transport on its way, and what it has told so far. */
function opened(t: TestContext): { readonly socket: FakeSocket; readonly told: string[] } {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  t.after(() => mock.timers.reset());
  Object.assign(globalThis, { WebSocket: FakeSocket });
  const told: string[] = [];
  openWebSocket("http://site.test", {
    onOpen: () => told.push("open"),
    onSignal: ({ type }) => told.push(type),
    onClose: () => told.push("close"),
  });
  return { socket: FakeSocket.last, told };
}

test("a socket that does not open in three seconds is over", (t) => {
  const { socket, told } = opened(t);
  mock.timers.tick(2_999);
  assert.deepEqual(told, []);
  mock.timers.tick(1);
  assert.deepEqual(told, ["close"]);
  assert.equal(socket.readyState, 2);
});

test("a socket that opens and brings nothing in two seconds is over at once, farewell or not", (t) => {
  const { socket, told } = opened(t);
  mock.timers.tick(2_000);
  socket.open();
  mock.timers.tick(1_999);
  assert.deepEqual(told, ["open"]);
  mock.timers.tick(1);
  assert.deepEqual(told, ["open", "close"]);
  assert.equal(socket.readyState, 2);
});

test("what comes after the end is not heard, and the end is told once", (t) => {
  const { socket, told } = opened(t);
  socket.open();
  mock.timers.tick(2_000);
  socket.onmessage({ data: PONG });
  socket.onclose();
  mock.timers.tick(60_000);
  assert.deepEqual(told, ["open", "close"]);
});

test("a socket that has brought something may be silent for as long as it likes", (t) => {
  const { socket, told } = opened(t);
  socket.open();
  mock.timers.tick(1_999);
  socket.onmessage({ data: PONG });
  mock.timers.tick(3_600_000);
  assert.deepEqual(told, ["open", "pong"]);
});
