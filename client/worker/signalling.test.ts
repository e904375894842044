import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { SessionId } from "../../protocol/ids.ts";
import { Signalling } from "./signalling.ts";

/** Opens nothing: the proxy is away. */
class DeadSocket {
  static tried: string[] = [];
  onclose: (() => void) | undefined;

  constructor() {
    DeadSocket.tried.push("socket");
    queueMicrotask(() => this.onclose?.());
  }
}

class DeadEvents {
  onerror: (() => void) | undefined;

  constructor() {
    DeadSocket.tried.push("events");
    queueMicrotask(() => this.onerror?.());
  }

  close(): void {}
}

/** Lets this much time pass, and what it leads to happen. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    mock.timers.tick(100);
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    mock.timers.tick(0);
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }
}

test("a proxy that is away is asked after one second by both ways, and again two seconds after that", async (t) => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  t.after(() => mock.timers.reset());
  t.mock.method(Math, "random", () => 0);
  Object.assign(globalThis, { WebSocket: DeadSocket, EventSource: DeadEvents });
  const nothing = { onOpen: () => {}, onSignal: () => {}, onLost: () => {} };
  new Signalling("http://site.test", "0123456789abcdef0123456789abcdef" as SessionId, nothing);
  await pass(900);
  assert.deepEqual(DeadSocket.tried, ["socket"]);
  await pass(200);
  assert.deepEqual(DeadSocket.tried, ["socket", "socket", "events"]);
  await pass(2_000);
  assert.deepEqual(DeadSocket.tried, ["socket", "socket", "events", "events"]);
});
