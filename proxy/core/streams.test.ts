import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import type { RawClient } from "../../testing/raw-client.ts";
import { deferred } from "../../testing/raw-deferred.ts";
import { type Rig, rawAnswer, startRig } from "../../testing/raw-rig.ts";
import { createProxyServer } from "./proxy-server.ts";

const HOST = "Host: site.test\r\n";
const BODY_BYTES = 134_217_728;
const BLOCK = Buffer.alloc(65_536, "gigabyte");
// Kernel buffers of two loopback connections and Node's own: far below the body.
const MAX_UNDER_WAY_BYTES = 33_554_432;

/** Writes the body as fast as it is taken; the count is what was handed over so far. */
class Pourer {
  handedBytes = 0;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("drain", () => this.pour());
    this.pour();
  }

  pour(): void {
    while (this.handedBytes < BODY_BYTES) {
      this.handedBytes += BLOCK.length;
      if (!this.#socket.write(BLOCK)) return;
    }
  }
}

/** Many small requests through the same proxy: time enough for a body to run ahead if nothing holds it. */
async function bustle(rig: Rig): Promise<void> {
  for (let i = 0; i < 300; i += 1) assert.match(await rig.ask("GET /small"), /small$/);
}

function countBody(client: RawClient): Promise<number> {
  client.socket.removeAllListeners("data");
  let bytes = 0;
  client.socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  client.socket.resume();
  return client.closed.then(() => bytes);
}

test("a download of 128 MiB waits for a reader that stopped, in little memory, and is whole in the end", async (t) => {
  const pouring = deferred<Pourer>();
  const rig = await startRig(t, (upstream) => createProxyServer({ upstream }), {
    answer: (request, socket) => {
      if (request.line.includes("/small")) return void socket.end(rawAnswer("small"));
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`);
      pouring.resolve(new Pourer(socket));
    },
  });
  const before = process.memoryUsage().rss;
  const client = await rig.open(`GET /big HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
  await client.until("\r\n\r\n");
  client.socket.pause();
  const readBytes = client.received.length;
  const pourer = await pouring.promise;
  await bustle(rig);
  assert.ok(pourer.handedBytes < MAX_UNDER_WAY_BYTES, `${pourer.handedBytes} bytes under way`);
  assert.ok(process.memoryUsage().rss - before < 104_857_600, "memory must not grow by 100 MiB");
  const headBytes = client.received.indexOf("\r\n\r\n") + 4;
  assert.equal(readBytes + (await countBody(client)) - headBytes, BODY_BYTES);
});

test("an upload of 128 MiB waits for an app that stopped reading, in little memory, and is whole in the end", async (t) => {
  const uploading = deferred<Socket>();
  const rig = await startRig(t, (upstream) => createProxyServer({ upstream }), {
    onSocket: (socket) =>
      socket.once("data", (data: Buffer) => {
        if (String(data).includes("/small")) return void socket.end(rawAnswer("small"));
        socket.pause();
        socket.unshift(data.subarray(data.indexOf("\r\n\r\n") + 4));
        return uploading.resolve(socket);
      }),
  });
  const before = process.memoryUsage().rss;
  const client = await rig.open(`POST /big HTTP/1.1\r\n${HOST}Content-Length: ${BODY_BYTES}\r\n\r\n`);
  const pourer = new Pourer(client.socket);
  const appSocket = await uploading.promise;
  await bustle(rig);
  assert.ok(pourer.handedBytes < MAX_UNDER_WAY_BYTES, `${pourer.handedBytes} bytes under way`);
  assert.ok(process.memoryUsage().rss - before < 104_857_600, "memory must not grow by 100 MiB");
  let bytes = 0;
  appSocket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes === BODY_BYTES) appSocket.end(rawAnswer("whole"));
  });
  appSocket.resume();
  await client.until("whole");
});

test("20 readers that stop do not slow another one", async (t) => {
  const rig = await startRig(t, (upstream) => createProxyServer({ upstream }), {
    answer: (request, socket) => {
      if (request.line.includes("/small")) return void socket.end(rawAnswer("small"));
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`);
      new Pourer(socket).pour();
    },
  });
  const before = process.memoryUsage().rss;
  const stopped = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const client = await rig.open(`GET /big HTTP/1.1\r\n${HOST}\r\n`);
      client.socket.pause();
      return client;
    }),
  );
  await bustle(rig);
  assert.ok(process.memoryUsage().rss - before < 104_857_600, "memory must not grow by 100 MiB");
  for (const client of stopped) client.socket.destroy();
});
