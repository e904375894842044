import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { deferred } from "../../testing/raw-deferred.ts";
import { type Rig, startRig } from "../../testing/raw-rig.ts";
import { createProxyServer } from "./proxy-server.ts";

const GET = "GET /video HTTP/1.1\r\nHost: site.test\r\n\r\n";

function rig(t: TestContext, onSocket: (socket: Socket) => void): Promise<Rig> {
  return startRig(t, (upstream) => createProxyServer({ upstream }), { onSocket });
}

/** An endless body that waits for its reader. */
function pourForEver(socket: Socket): void {
  const block = Buffer.alloc(65_536, "v");
  const pour = () => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on("drain", pour);
  socket.write("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n");
  pour();
}

test("300 clients that leave in the middle of a video leave no stream open at the app", async (t) => {
  let started = 0;
  const using = await rig(t, (socket) =>
    socket.once("data", () => {
      started += 1;
      pourForEver(socket);
    }),
  );
  for (let round = 0; round < 10; round += 1) {
    const clients = await Promise.all(Array.from({ length: 30 }, () => using.open(GET)));
    await Promise.all(clients.map((client) => client.until("vvvv").then(() => client.socket.pause())));
    clients.forEach((client, i) => {
      if (i % 2 === 0) client.reset();
      else client.socket.destroy();
    });
  }
  await using.app.idle();
  assert.equal(started, 300);
  assert.equal(using.app.openSockets(), 0);
});

test("a client that leaves before the answer ends the request", async (t) => {
  const asked = deferred<Socket>();
  const using = await rig(t, (socket) => socket.once("data", () => asked.resolve(socket)));
  const client = await using.open(GET);
  const appSocket = await asked.promise;
  appSocket.resume();
  client.socket.destroy();
  await once(appSocket, "end");
});

test("a client that leaves an idle event stream ends it", async (t) => {
  const asked = deferred<Socket>();
  const using = await rig(t, (socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
      asked.resolve(socket);
    });
  });
  const client = await using.open(GET);
  await client.until("data: 1");
  const appSocket = await asked.promise;
  appSocket.resume();
  client.socket.destroy();
  await once(appSocket, "end");
});

test("a client that leaves in the middle of an upload ends it, and the app sees no whole body", async (t) => {
  const asked = deferred<Socket>();
  let seen = "";
  const using = await rig(t, (socket) => {
    socket.on("data", (data: Buffer) => {
      seen += String(data);
      if (seen.includes("half")) asked.resolve(socket);
    });
  });
  const client = await using.open(
    "POST /up HTTP/1.1\r\nHost: site.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
  );
  const appSocket = await asked.promise;
  client.socket.destroy();
  await Promise.race([once(appSocket, "end"), once(appSocket, "close")]);
  assert.doesNotMatch(seen, /\r\n0\r\n/);
});

test("pipelined requests of a client that left are all ended, the queued ones too", async (t) => {
  const using = await rig(t, (socket) => socket.resume());
  const client = await using.open(GET + GET + GET);
  while (using.app.openSockets() < 3) await once(using.app.server, "connection");
  client.reset();
  await using.app.idle();
});
