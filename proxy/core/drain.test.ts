import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { test } from "node:test";
import { deferred } from "../../testing/raw-deferred.ts";
import { rawAnswer, startRig } from "../../testing/raw-rig.ts";
import { createProxyServer } from "./proxy-server.ts";

const GET = "GET / HTTP/1.1\r\nHost: site.test\r\n\r\n";
const create = (upstream: URL) => createProxyServer({ upstream });

test("a draining server lets the answer under way end, says close, and is done", async (t) => {
  const asked = deferred<Socket>();
  const rig = await startRig(t, create, { answer: (_request, socket) => asked.resolve(socket) });
  const client = await rig.open(GET);
  const appSocket = await asked.promise;
  const closed = rig.proxy.close(10_000);
  appSocket.end(rawAnswer("late"));
  assert.match(await client.whole(), /Connection: close\r\n\r\nlate$/);
  await closed;
});

test("a body under way when the drain begins is whole, and its kept connection is closed behind it", async (t) => {
  const asked = deferred<Socket>();
  const rig = await startRig(t, create, {
    answer: (_request, socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
      asked.resolve(socket);
    },
  });
  const client = await rig.open(GET);
  await client.until("first");
  const closed = rig.proxy.close(10_000);
  (await asked.promise).write("-last");
  assert.match(await client.whole(), /first-last$/);
  await closed;
});

test("idle connections are closed at once, new ones are not accepted", async (t) => {
  const rig = await startRig(t, create, { answer: (_request, socket) => socket.write(rawAnswer("ok")) });
  const client = await rig.open(GET);
  await client.until("ok");
  await rig.proxy.close(10_000);
  assert.equal(await client.closed, "clean");
  await assert.rejects(rig.open(GET));
});

test("what outlives the grace is cut", async (t) => {
  const asked = deferred<Socket>();
  const rig = await startRig(t, create, { answer: (_request, socket) => asked.resolve(socket) });
  const client = await rig.open(GET);
  await asked.promise;
  await rig.proxy.close(20);
  await client.closed;
  await rig.app.idle();
});

test("upgraded connections are ended when the drain begins", async (t) => {
  const rig = await startRig(t, create, {
    onSocket: (socket) =>
      socket.once("data", () =>
        socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
      ),
  });
  const handshake = "GET / HTTP/1.1\r\nHost: site.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  const client = await rig.open(handshake);
  await client.until("\r\n\r\n");
  await rig.proxy.close(10_000);
  assert.equal(await client.closed, "clean");
});
