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
function begin(t: TestContext, socket: typeof DeadSocket | typeof DeafSocket, byEvents = false): void {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  t.after(() => mock.timers.reset());
  t.mock.method(Math, "random", () => 0);
  DeadSocket.tried = [];
  Object.assign(globalThis, { WebSocket: socket, EventSource: DeadEvents });
  const nothing = { onOpen: () => {}, onSignal: () => {}, onLost: () => {} };
  new Signalling("http://site.test", "0123456789abcdef0123456789abcdef" as SessionId, byEvents, nothing);
}

test("a proxy that is away is asked by both ways, again after one second, and two seconds after that", async (t) => {
  begin(t, DeadSocket);
  await pass(900);
  assert.deepEqual(DeadSocket.tried, ["socket", "events"]);
  await pass(200);
  assert.deepEqual(DeadSocket.tried, ["socket", "events", "socket", "events"]);
  await pass(1_700);
  assert.equal(DeadSocket.tried.length, 4);
  await pass(300);
  assert.deepEqual(DeadSocket.tried.slice(4), ["socket", "events"]);
});

test("where a socket opens and carries nothing, events and POSTs take over after two seconds", async (t) => {
  begin(t, DeafSocket);
  await pass(1_900);
  assert.deepEqual(DeadSocket.tried, ["socket"]);
  await pass(200);
  assert.deepEqual(DeadSocket.tried, ["socket", "events"]);
});

test("where events got through before they are tried first, and sockets when they fail", async (t) => {
  begin(t, DeadSocket, true);
  await pass(900);
  assert.deepEqual(DeadSocket.tried, ["events"]);
  await pass(200);
  assert.deepEqual(DeadSocket.tried, ["events", "socket", "events"]);
});
