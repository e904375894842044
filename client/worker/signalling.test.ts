import assert from "node:assert/strict";
import { mock, type TestContext, test } from "node:test";
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

/** Opens, and carries nothing either way, a farewell neither. */
class DeafSocket {
  static readonly OPEN = 1;
  readonly readyState = DeafSocket.OPEN;
  onopen: (() => void) | undefined;

  constructor() {
    DeadSocket.tried.push("socket");
    queueMicrotask(() => this.onopen?.());
  }

  send(): void {}

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

/** Begins to signal over these means, with chance at its least. */
function begin(t: TestContext, socket: typeof DeadSocket | typeof DeafSocket): void {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  t.after(() => mock.timers.reset());
  t.mock.method(Math, "random", () => 0);
  DeadSocket.tried = [];
  Object.assign(globalThis, { WebSocket: socket, EventSource: DeadEvents });
  const nothing = { onOpen: () => {}, onSignal: () => {}, onLost: () => {} };
  new Signalling("http://site.test", "0123456789abcdef0123456789abcdef" as SessionId, nothing);
}

test("a proxy that is away is asked after one second by both ways, and again two seconds after that", async (t) => {
  begin(t, DeadSocket);
  await pass(900);
  assert.deepEqual(DeadSocket.tried, ["socket"]);
  await pass(200);
  assert.deepEqual(DeadSocket.tried, ["socket", "socket", "events"]);
  await pass(2_000);
  assert.deepEqual(DeadSocket.tried, ["socket", "socket", "events", "events"]);
});

test("where sockets open and carry nothing, events and POSTs take over after the second", async (t) => {
  begin(t, DeafSocket);
  await pass(6_900);
  assert.deepEqual(DeadSocket.tried, ["socket", "socket"]);
  await pass(200);
  assert.deepEqual(DeadSocket.tried, ["socket", "socket", "events"]);
});
