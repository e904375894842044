import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { deferred } from "../../testing/raw-deferred.ts";
import { valuesOf } from "../../testing/raw-requests.ts";
import { type Rig, rawAnswer, startRig } from "../../testing/raw-rig.ts";
import { createProxyServer } from "./proxy-server.ts";

const HOST = "Host: site.test\r\n";

function answering(t: TestContext, text: string | Buffer): Promise<Rig> {
  return startRig(t, (upstream) => createProxyServer({ upstream }), {
    answer: (_request, socket) => socket.write(text),
  });
}

function bare(t: TestContext, onSocket: (socket: Socket) => void): Promise<Rig> {
  return startRig(t, (upstream) => createProxyServer({ upstream }), { onSocket });
}

test("early hints pass before the answer, every Link and other header kept", async (t) => {
  const early =
    "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload, </b>; rel=preload\r\nlink: </c>\r\nX-Raw: \xff\r\n\r\n";
  const using = await answering(t, Buffer.from(`${early}${early}${rawAnswer("page")}`, "latin1"));
  const whole = await using.ask("GET /");
  assert.ok(whole.startsWith(`${early}${early}HTTP/1.1 200 OK\r\n`), whole);
});

test("early hints reach the client while the app still thinks", async (t) => {
  const asked = deferred<Socket>();
  const using = await bare(t, (socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
      asked.resolve(socket);
    });
  });
  const client = await using.open(`GET / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
  await client.until("Link: </a>");
  (await asked.promise).end(rawAnswer("page"));
  assert.match(await client.whole(), /page$/);
});

test("an HTTP/1.0 client gets no early hints, no chunks and no trailers, and a close", async (t) => {
  const using = await answering(
    t,
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" +
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n4\r\nbody\r\n0\r\nX-End: 1\r\n\r\n",
  );
  const client = await using.open(`GET / HTTP/1.0\r\n${HOST}\r\n`);
  assert.equal(await client.whole(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody");
});

test("an HTTP/1.0 client without a Host gets the app's", async (t) => {
  const using = await answering(t, rawAnswer("ok"));
  await (await using.open("GET / HTTP/1.0\r\n\r\n")).whole();
  const [request] = using.seen;
  assert.ok(request);
  assert.deepEqual(valuesOf(request, "host"), [using.app.url.host]);
});

test("an HTTP/1.0 client may keep its connection for counted answers", async (t) => {
  const using = await answering(t, rawAnswer("ok"));
  const keep = `GET / HTTP/1.0\r\n${HOST}Connection: keep-alive\r\n\r\n`;
  const client = await using.open(keep);
  await client.until("ok");
  client.send(keep);
  assert.match(await client.until(/ok.*ok/s), /Connection: keep-alive/);
});

test("announced trailers pass to the client, the others and dangerous ones do not", async (t) => {
  const using = await answering(
    t,
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End, Set-Cookie\r\n\r\n" +
      "4\r\nbody\r\n0\r\nX-End: 1\r\nX-Secret: 2\r\nSet-Cookie: 9\r\n\r\n",
  );
  const whole = await using.ask("GET /");
  assert.match(whole, /\r\nTrailer: x-end\r\n.*\r\n4\r\nbody\r\n0\r\nX-End: 1\r\n\r\n$/s);
  assert.doesNotMatch(whole, /X-Secret|Set-Cookie/);
});

test("announced trailers pass to the app, forged forwarding ones do not", async (t) => {
  const using = await answering(t, rawAnswer("ok"));
  const trailers = "X-End: 1\r\nX-Forwarded-For: 9.9.9.9\r\n";
  const headers = "Transfer-Encoding: chunked\r\nTrailer: X-End, X-Forwarded-For\r\n";
  await using.ask("POST /", headers, `4\r\nbody\r\n0\r\n${trailers}\r\n`);
  assert.deepEqual(
    using.seen.map(({ body, trailers: seen }) => [body, seen.trim()]),
    [["body", "X-End: 1"]],
  );
});

test("a client that expects a 100 gets the app's, and only then its body is sent", async (t) => {
  const using = await bare(t, (socket) => {
    socket.on("data", (data: Buffer) => {
      if (String(data).includes("Expect: 100-continue")) socket.write("HTTP/1.1 100 Continue\r\n\r\n");
      if (String(data).endsWith("body")) socket.end(rawAnswer("stored"));
    });
  });
  const client = await using.open(`PUT / HTTP/1.1\r\n${HOST}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
  await client.until("HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  assert.match(await client.until("stored"), /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/);
});

test("an app that refuses an expected upload is heard before the body is sent", async (t) => {
  const using = await bare(t, (socket) => {
    socket.once("data", () => socket.write(rawAnswer("too big", "", "413 Payload Too Large")));
  });
  const client = await using.open(`PUT / HTTP/1.1\r\n${HOST}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
  assert.match(await client.whole(), /^HTTP\/1.1 413 .*too big$/s);
});

test("an early refusal reaches a client in the middle of its upload", async (t) => {
  const using = await bare(t, (socket) => {
    socket.once("data", () => socket.end(rawAnswer("too big", "", "413 Payload Too Large")));
  });
  const client = await using.open(`POST / HTTP/1.1\r\n${HOST}Content-Length: 4000000\r\n\r\n`);
  for (let i = 0; i < 40; i += 1) client.send(Buffer.alloc(100_000, "u"));
  await client.until("too big");
  client.send(`GET /next HTTP/1.1\r\n${HOST}\r\n`);
  await client.until(/too big.*too big/s);
});

for (const [what, line, answer] of [
  ["HEAD", "HEAD /", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\nX-A: b\r\n\r\n"],
  ["a HEAD answered in chunks", "HEAD /", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n"],
  ["204", "GET /", "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n"],
  ["304", "GET /", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\nX-A: b\r\n\r\n"],
] as const) {
  test(`after ${what} the connection stays usable for the client and for the app`, async (t) => {
    const using = await answering(t, answer);
    const client = await using.open(`${line} HTTP/1.1\r\n${HOST}\r\n`);
    await client.until("\r\n\r\n");
    client.send(`${line} HTTP/1.1\r\n${HOST}\r\n`);
    const both = await client.until(/\r\n\r\n.*\r\n\r\n$/s);
    const expected = answer.replace("Transfer-Encoding: chunked\r\n", "");
    const one = expected.replace(/\r\n$/, "Connection: keep-alive\r\nKeep-Alive: timeout=95\r\n\r\n");
    assert.equal(both, one + one);
    assert.equal(using.app.openSockets(), 1);
  });
}

test("pipelined requests are answered in their order", async (t) => {
  const sockets: Socket[] = [];
  const lines: string[] = [];
  const done = deferred<void>();
  const using = await startRig(t, (upstream) => createProxyServer({ upstream }), {
    answer: (request, socket) => {
      sockets.push(socket);
      lines.push(request.line);
      if (sockets.length === 3) done.resolve();
    },
  });
  const ask = (path: string) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`;
  const client = await using.open(ask("/1") + ask("/2") + ask("/3"));
  await done.promise;
  for (const [i, socket] of [...sockets.entries()].reverse()) socket.write(rawAnswer(`<${lines[i]}>`));
  assert.match(await client.until("/3 HTTP/1.1>"), /\/1 HTTP.*\/2 HTTP.*\/3 HTTP/s);
});

test("the first event of a stream arrives before the second is sent", async (t) => {
  const asked = deferred<Socket>();
  const using = await bare(t, (socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
      asked.resolve(socket);
    });
  });
  const client = await using.open(`GET /events HTTP/1.1\r\n${HOST}\r\n`);
  await client.until("data: 1\n\n");
  (await asked.promise).write("data: 2\n\n");
  await client.until("data: 2\n\n");
});

test("a head arrives before the first byte of its body", async (t) => {
  const using = await bare(t, (socket) => {
    socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
  });
  const client = await using.open(`GET / HTTP/1.1\r\n${HOST}\r\n`);
  await client.until("\r\n\r\n");
});

test("an answer that only the close ends is whole when the app closes cleanly", async (t) => {
  const using = await bare(t, (socket) => {
    socket.once("data", () => socket.end("HTTP/1.0 200 OK\r\nX-A: b\r\n\r\nold body"));
  });
  const whole = await using.ask("GET /");
  assert.match(whole, /Transfer-Encoding: chunked\r\n\r\n8\r\nold body\r\n0\r\n\r\n$/);
});

test("a client on its own 100 that leaves harms nobody", async (t) => {
  const asked = deferred<Socket>();
  const using = await bare(t, (socket) => socket.once("data", () => asked.resolve(socket)));
  const client = await using.open(`PUT / HTTP/1.1\r\n${HOST}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
  const appSocket = await asked.promise;
  appSocket.resume();
  client.reset();
  await once(appSocket, "end");
});
