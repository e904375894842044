import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { deferred } from "../../testing/raw-deferred.ts";
import { readRequests, valuesOf } from "../../testing/raw-requests.ts";
import { type Rig, rawAnswer, startRig } from "../../testing/raw-rig.ts";
import { createProxyServer, type ProxyServerOptions } from "./proxy-server.ts";

const HANDSHAKE =
  "GET /chat HTTP/1.1\r\nHost: site.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const AGREED =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade, X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\n\r\n";

function rig(t: TestContext, onSocket: (socket: Socket) => void, options: Partial<ProxyServerOptions> = {}) {
  return startRig(t, (upstream) => createProxyServer({ upstream, ...options }), { onSocket });
}

/** An app that agrees to every handshake, then calls `then` with its socket. */
function agree(then: (socket: Socket) => void, early = ""): (socket: Socket) => void {
  return (socket) =>
    socket.once("data", () => {
      socket.write(AGREED + early);
      then(socket);
    });
}

async function openPipe(using: Rig) {
  const client = await using.open(HANDSHAKE);
  await client.until("\r\n\r\n");
  return client;
}

test("bytes that come with the 101 go down, and the app's hop-by-hop headers do not", async (t) => {
  const using = await rig(
    t,
    agree(() => {}, "first frame"),
  );
  const client = await using.open(HANDSHAKE);
  assert.equal(
    await client.until("first frame"),
    "HTTP/1.1 101 Switching Protocols\r\nX-End: 2\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst frame",
  );
});

test("bytes that come right behind the handshake go up once the app has agreed", async (t) => {
  const using = await rig(
    t,
    agree((socket) => socket.pipe(socket)),
  );
  const client = await using.open(`${HANDSHAKE}early bytes`);
  assert.match(await client.until("early bytes"), /^HTTP\/1.1 101/);
});

test("bytes behind a handshake that the app refuses never reach it", async (t) => {
  const lines: string[] = [];
  const using = await rig(t, (socket) =>
    readRequests(socket, "length-first", (request) => {
      lines.push(request.line);
      socket.write(rawAnswer("no", "", "403 Forbidden"));
    }),
  );
  const client = await using.open(`${HANDSHAKE}GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n`);
  await client.closed;
  assert.deepEqual(lines, ["GET /chat HTTP/1.1"]);
});

test("a refusal keeps its status, headers and counted body, and closes", async (t) => {
  const using = await rig(t, (socket) => {
    socket.once("data", () => socket.write(rawAnswer("log in", "X-Why: cookie\r\n", "401 Unauthorized")));
  });
  const client = await using.open(HANDSHAKE);
  assert.equal(
    await client.whole(),
    "HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\nX-Why: cookie\r\nConnection: close\r\n\r\nlog in",
  );
});

test("a refusal in chunks arrives unchunked, ended by the close", async (t) => {
  const using = await rig(t, (socket) => {
    const answer = "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nnot\r\n4\r\n you\r\n0\r\n\r\n";
    socket.once("data", () => socket.write(answer));
  });
  const client = await using.open(HANDSHAKE);
  assert.equal(await client.whole(), "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\nnot you");
});

test("a refusal that breaks off ends in a reset, never in a clean close", async (t) => {
  const refusing = deferred<Socket>();
  const using = await rig(t, (socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nnot\r\n");
      refusing.resolve(socket);
    });
  });
  const client = await using.open(HANDSHAKE);
  await client.until("not");
  (await refusing.promise).resetAndDestroy();
  assert.equal(await client.closed, "reset");
});

test("an app that cannot be reached gives a 502 with framing", async (t) => {
  const using = await rig(t, () => {});
  await using.app.close();
  const client = await using.open(HANDSHAKE);
  assert.match(await client.whole(), /^HTTP\/1.1 502 Bad Gateway\r\n.*Content-Length: \d+\r\n.*cannot be reached/s);
});

test("an app that keeps silent gives a 504", async (t) => {
  const using = await rig(t, () => {}, { timeouts: { upstreamIdleMs: 50 } });
  const client = await using.open(HANDSHAKE);
  assert.match(await client.whole(), /^HTTP\/1.1 504 /);
});

test("an app that closes without a word gives a 502", async (t) => {
  const using = await rig(t, (socket) => socket.once("data", () => socket.destroy()));
  const client = await using.open(HANDSHAKE);
  assert.match(await client.whole(), /^HTTP\/1.1 502 /);
});

test("a client's reset before the answer closes the app's side and harms nobody", async (t) => {
  const asked = deferred<Socket>();
  const using = await rig(t, (socket) => socket.once("data", () => asked.resolve(socket)));
  const client = await using.open(HANDSHAKE);
  const appSocket = await asked.promise;
  client.reset();
  await once(appSocket, "end");
});

test("a client's reset after the 101 closes the app's side", async (t) => {
  const opened = deferred<Socket>();
  const using = await rig(
    t,
    agree((socket) => opened.resolve(socket)),
  );
  const client = await openPipe(using);
  const appSocket = await opened.promise;
  appSocket.resume();
  client.reset();
  await once(appSocket, "end");
});

test("a client's reset while the app refuses slowly closes the app's side", async (t) => {
  const refusing = deferred<Socket>();
  const using = await rig(t, (socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 1000000\r\n\r\nx");
      refusing.resolve(socket);
    });
  });
  const client = await openPipe(using);
  const appSocket = await refusing.promise;
  appSocket.resume();
  client.reset();
  await once(appSocket, "end");
});

for (const how of ["end", "resetAndDestroy"] as const) {
  test(`an app that leaves by ${how} closes the client`, async (t) => {
    const opened = deferred<Socket>();
    const using = await rig(
      t,
      agree((socket) => opened.resolve(socket)),
    );
    const client = await openPipe(using);
    (await opened.promise)[how]();
    await client.closed;
  });
}

test("a client that ends its side closes the app's", async (t) => {
  const opened = deferred<Socket>();
  const using = await rig(t, agree(opened.resolve));
  const client = await openPipe(using);
  const appSocket = await opened.promise;
  appSocket.resume();
  client.socket.end();
  await once(appSocket, "end");
});

test("16 MiB pass both ways unharmed", async (t) => {
  const using = await rig(
    t,
    agree((socket) => socket.pipe(socket)),
  );
  const client = await openPipe(using);
  client.socket.removeAllListeners("data");
  const block = Buffer.alloc(1_048_576, "tuber");
  let got = 0;
  const all = new Promise<void>((resolve) =>
    client.socket.on("data", (chunk: Buffer) => {
      for (const byte of [0, chunk.length - 1]) assert.equal(chunk[byte], block[(got + byte) % block.length]);
      got += chunk.length;
      if (got === 16 * block.length) resolve();
    }),
  );
  for (let i = 0; i < 16; i += 1) client.send(block);
  await all;
});

for (const upgrade of ["h2c", "websocket, h2c", "TLS/1.0"]) {
  test(`an offer to upgrade to ${upgrade} is answered as the plain request it also is, body included`, async (t) => {
    const using = await startRig(t, (upstream) => createProxyServer({ upstream }), {
      answer: (_request, socket) => socket.write(rawAnswer("plain")),
    });
    const client = await using.open(
      `POST /form HTTP/1.1\r\nHost: site.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${upgrade}\r\n` +
        "HTTP2-Settings: AAMAAABk\r\nContent-Length: 4\r\n\r\nbodyGET /next HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n",
    );
    assert.equal((await client.whole()).match(/plain/g)?.length, 2);
    const [first] = using.seen;
    assert.ok(first);
    assert.equal(first.body, "body");
    assert.deepEqual([...valuesOf(first, "upgrade"), ...valuesOf(first, "http2-settings")], []);
  });
}

test("an upgrade that overtakes an unanswered request closes the connection", async (t) => {
  const using = await rig(t, (socket) => socket.resume());
  const client = await using.open(`GET /slow HTTP/1.1\r\nHost: site.test\r\n\r\n${HANDSHAKE}`);
  assert.equal(await client.whole(), "");
});

test("the reserved path's upgrades are ours when we take them, the app's when we do not", async (t) => {
  const ownUpgrade: ProxyServerOptions["ownUpgrade"] = (req, socket) => {
    if (req.url !== "/__tuber/ours") return false;
    socket.end("ours");
    return true;
  };
  const using = await rig(
    t,
    agree((socket) => socket.end("the app's")),
    { ownUpgrade },
  );
  const ours = await using.open(HANDSHAKE.replace("/chat", "/__tuber/ours"));
  const theirs = await using.open(HANDSHAKE.replace("/chat", "/__tuber/theirs"));
  assert.equal(await ours.whole(), "ours");
  assert.match(await theirs.whole(), /the app's$/);
});

test("a real WebSocket client and server talk through it, compression included", async () => {
  const app = http.createServer().listen(0, "127.0.0.1");
  const sockets = new WebSocketServer({ server: app, perMessageDeflate: true });
  sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(`echo ${data}`)));
  await once(app, "listening");
  const proxy = createProxyServer({ upstream: new URL(`http://127.0.0.1:${(app.address() as AddressInfo).port}`) });
  proxy.server.listen(0, "127.0.0.1");
  await once(proxy.server, "listening");
  const client = new WebSocket(`ws://127.0.0.1:${(proxy.server.address() as AddressInfo).port}/chat`);
  await once(client, "open");
  const text = "tuber ".repeat(10_000);
  client.send(text);
  const [data] = await once(client, "message");
  assert.equal(String(data), `echo ${text}`);
  client.close(4321, "bye");
  assert.equal((await once(client, "close"))[0], 4321);
  await proxy.close(0);
  app.close();
});
