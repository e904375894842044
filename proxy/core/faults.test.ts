import assert from "node:assert/strict";
import { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { deferred } from "../../testing/raw-deferred.ts";
import { rawAnswer, startRig } from "../../testing/raw-rig.ts";
import { startRawServer } from "../../testing/raw-server.ts";
import { createProxyServer, type ProxyServerOptions } from "./proxy-server.ts";

const GET = "GET /video HTTP/1.1\r\nHost: site.test\r\n\r\n";
const OLD_GET = "GET /video HTTP/1.0\r\nHost: site.test\r\n\r\n";

function rig(t: TestContext, onSocket: (socket: Socket) => void, options: Partial<ProxyServerOptions> = {}) {
  return startRig(t, (upstream) => createProxyServer({ upstream, ...options }), { onSocket });
}

/** An app that says `text` to each request and hands out its socket. */
function saying(text: string, handOut: (socket: Socket) => void = () => {}): (socket: Socket) => void {
  return (socket) =>
    socket.once("data", () => {
      socket.write(Buffer.from(text, "latin1"));
      handOut(socket);
    });
}

const BREAKS = {
  "a counted body": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst",
  "a chunked body": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n",
  "a body ended by the close": "HTTP/1.1 200 OK\r\n\r\nfirst",
};

for (const [what, text] of Object.entries(BREAKS)) {
  for (const [whose, request] of Object.entries({ "a client": GET, "an HTTP/1.0 client": OLD_GET })) {
    test(`an app that resets in the middle of ${what} breaks the connection of ${whose}`, async (t) => {
      const broken = deferred<Socket>();
      const using = await rig(t, saying(text, broken.resolve));
      const client = await using.open(request);
      await client.until("first");
      (await broken.promise).resetAndDestroy();
      const how = await client.closed;
      assert.doesNotMatch(client.received, /\r\n0\r\n/);
      const showsItself = client.received.includes("Content-Length") || client.received.includes("chunked");
      assert.ok(showsItself || how === "reset", client.received);
    });
  }
}

test("an app that ends a counted body early breaks the client's connection", async (t) => {
  const using = await rig(t, (socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst"));
  });
  const client = await using.open(GET);
  await client.closed;
  assert.match(client.received, /Content-Length: 100\r\n.*first$/s);
});

test("an app that ends a chunked body early never becomes a whole body", async (t) => {
  const using = await rig(t, (socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n"));
  });
  const client = await using.open(GET);
  await client.closed;
  assert.doesNotMatch(client.received, /\r\n0\r\n/);
});

const MALFORMED = {
  "no HTTP at all": "SSH-2.0-OpenSSH\r\n\r\n",
  "a control byte in the status line": "HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n",
  "a control byte in a header": "HTTP/1.1 200 OK\r\nX-Bad: a\x01b\r\nContent-Length: 0\r\n\r\n",
  "a NUL in a header": "HTTP/1.1 200 OK\r\nX-Bad: a\0b\r\nContent-Length: 0\r\n\r\n",
  "a header name that is none": "HTTP/1.1 200 OK\r\nX Bad: a\r\nContent-Length: 0\r\n\r\n",
  "two framings": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  "two lengths": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
  "a transfer coding nobody undoes": "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
  "a head over 64 KiB": `HTTP/1.1 200 OK\r\nX-Big: ${"x".repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`,
  "a 101 nobody asked for": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
  "a status below 100": "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n",
  "a status of four digits": "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
};

for (const [what, text] of Object.entries(MALFORMED)) {
  test(`an app that answers with ${what} gives a 502, and the next answer is fine`, async (t) => {
    let answered = 0;
    const faults: string[] = [];
    const onSocket = (socket: Socket) => {
      answered += 1;
      saying(answered === 1 ? text : rawAnswer("fine").toString())(socket);
    };
    const using = await rig(t, onSocket, { onFault: (kind) => faults.push(kind) });
    assert.match(await using.ask("GET /one"), /^HTTP\/1.1 502 Bad Gateway\r\n/);
    assert.match(await using.ask("GET /two"), /fine$/);
    assert.equal(faults.length, 1);
  });
}

test("an app that closes at once gives a 502", async (t) => {
  const using = await rig(t, (socket) => socket.destroy());
  assert.match(await using.ask("GET /"), /^HTTP\/1.1 502 /);
});

test("an app that is down gives a short honest page, and is found again by itself", async (t) => {
  const using = await rig(t, () => {});
  await using.app.close();
  const down = await using.ask("GET /", "Accept: text/html,*/*\r\n");
  assert.match(down, /^HTTP\/1.1 502 Bad Gateway\r\n.*Cache-Control: no-store.*cannot be reached right now/s);
  assert.match(down, /<!doctype html>/);
  const again = await startRawServer(saying(rawAnswer("back").toString()), using.app.port);
  assert.match(await using.ask("GET /"), /back$/);
  await again.close();
});

test("an app that keeps silent gives a 504", async (t) => {
  const using = await rig(t, (socket) => socket.resume(), { timeouts: { upstreamIdleMs: 60 } });
  assert.match(await using.ask("GET /"), /^HTTP\/1.1 504 Gateway Timeout\r\n/);
  await using.app.idle();
});

test("an app may pause in the middle of a body for longer than it may be silent before it", async (t) => {
  const paused = deferred<Socket>();
  const onSocket = (socket: Socket) => {
    socket.once("data", (data: Buffer) => {
      if (String(data).includes("/silent")) return;
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
      paused.resolve(socket);
    });
  };
  const using = await rig(t, onSocket, { timeouts: { upstreamIdleMs: 50 } });
  const client = await using.open(GET);
  await client.until("first");
  assert.match(await using.ask("GET /silent"), /^HTTP\/1.1 504 /);
  (await paused.promise).write("-last");
  await client.until("first-last");
});

test("a connection to the app that is not kept is probed, so that an app that vanishes is missed", async (t) => {
  const probes = t.mock.method(Socket.prototype, "setKeepAlive");
  const using = await rig(t, saying(rawAnswer("ok").toString()));
  await using.ask("POST /", "Content-Length: 4\r\n", "body");
  assert.deepEqual(
    probes.mock.calls.map((call) => call.arguments),
    [[true, 30_000]],
  );
});

test("an upload whose client stops gives a 408 and leaves the app alone", async (t) => {
  const using = await rig(t, (socket) => socket.resume(), { timeouts: { upstreamIdleMs: 60 } });
  const answer = await using.ask("POST /", "Content-Length: 10\r\n", "half");
  assert.match(answer, /^HTTP\/1.1 408 /);
  await using.app.idle();
});

test("a request that leads back to the proxy itself ends with a 508", async (t) => {
  const using = await rig(t, (socket) => {
    socket.on("data", async (data: Buffer) => {
      const [, hops] = /Tuber-Hops: (\d)/.exec(String(data)) ?? [];
      const round = await using.ask("GET /", `Tuber-Hops: ${hops}\r\n`);
      socket.end(Buffer.from(round, "latin1"));
    });
  });
  assert.match(await using.ask("GET /"), /^HTTP\/1.1 508 /);
});
