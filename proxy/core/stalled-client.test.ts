import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import type { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { deferred } from "../../testing/raw-deferred.ts";
import { rawAnswer, startRig } from "../../testing/raw-rig.ts";
import { createProxyServer } from "./proxy-server.ts";

const UPGRADE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
const AGREED = "HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const BLOCK = Buffer.alloc(65_536, "v");

/** What the app says first, by path; what ends in "pour" goes on for ever, as fast as it is read. */
const ANSWERS: Record<string, string | Buffer> = {
  "/film-pour": "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
  "/chat-pour": AGREED,
  "/chat": `${AGREED}hello`,
  "/events": "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: hello\n\n",
  "/page": rawAnswer("hello"),
};

function get(path: string, headers = ""): string {
  return `GET ${path} HTTP/1.1\r\nHost: site.test\r\n${headers}\r\n`;
}

function pour(socket: Socket): void {
  const more = () => {
    while (!socket.destroyed && socket.write(BLOCK));
  };
  socket.on("drain", more);
  more();
}

async function rig(t: TestContext) {
  const faults: string[] = [];
  const app = new EventEmitter();
  const quiet = deferred<Socket>();
  const onSocket = (socket: Socket) =>
    socket.on("data", (data: Buffer) => {
      const path = String(data).split(" ")[1] ?? "";
      socket.write(ANSWERS[path] ?? "");
      if (path.endsWith("pour")) {
        socket.once("close", () => app.emit("film-ended"));
        pour(socket);
      } else quiet.resolve(socket);
    });
  const using = await startRig(
    t,
    (upstream) =>
      createProxyServer({ upstream, timeouts: { clientStallMs: 250 }, onFault: (kind) => faults.push(kind) }),
    { onSocket },
  );
  return {
    faults,
    open: using.open,
    quiet: quiet.promise,
    /** Reads a little of what never ends, then nothing any more; resolves when the app's side of it is closed. */
    async stopReading(request: string) {
      const ended = once(app, "film-ended");
      const client = await using.open(request);
      await client.until("vvvv");
      client.socket.pause();
      await ended;
      return client;
    },
  };
}

test("a client that stops reading an answer is cut after its time, and the app's side with it", async (t) => {
  const { faults, stopReading } = await rig(t);
  const client = await stopReading(get("/film-pour"));
  client.socket.resume();
  await client.closed;
  assert.deepEqual(faults, ["client-stalled"]);
});

test("a client that stops reading a WebSocket is cut after its time, and the app's side with it", async (t) => {
  const { faults, stopReading } = await rig(t);
  const client = await stopReading(get("/chat-pour", UPGRADE));
  client.socket.resume();
  await client.closed;
  assert.deepEqual(faults, ["client-stalled"]);
});

for (const [what, request] of [
  ["an event stream", get("/events")],
  ["a WebSocket", get("/chat", UPGRADE)],
] as const) {
  test(`${what} on which the app is silent outlasts any client that stops reading`, async (t) => {
    const { open, quiet, stopReading, faults } = await rig(t);
    const client = await open(request);
    await client.until("hello");
    for (let i = 0; i < 2; i += 1) await stopReading(get("/film-pour"));
    (await quiet).write("late");
    await client.until("late");
    assert.equal(faults.length, 2);
  });
}

test("a connection kept for the next request outlasts any client that stops reading", async (t) => {
  const { open, stopReading } = await rig(t);
  const client = await open(get("/page"));
  await client.until("hello");
  for (let i = 0; i < 2; i += 1) await stopReading(get("/film-pour"));
  client.send(get("/page"));
  await client.until(/hello.*hello/s);
});
