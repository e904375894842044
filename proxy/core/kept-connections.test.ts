import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { readRequests } from "../../testing/raw-requests.ts";
import { rawAnswer, startRig } from "../../testing/raw-rig.ts";
import { createProxyServer } from "./proxy-server.ts";

const create = (upstream: URL) => createProxyServer({ upstream });

/** An app whose first connection answers once and dies with the second request; the others answer always. */
function dyingFirst(lines: string[]): (socket: Socket) => void {
  let connections = 0;
  return (socket) => {
    connections += 1;
    const isFirst = connections === 1;
    let answered = 0;
    readRequests(socket, "length-first", (request) => {
      lines.push(request.line);
      if (isFirst && answered === 1) return void socket.resetAndDestroy();
      answered += 1;
      return void socket.write(rawAnswer(`on ${isFirst ? "first" : "fresh"}`));
    });
  };
}

test("a GET that meets a connection just closed is asked once more, on a fresh one", async (t) => {
  const lines: string[] = [];
  const rig = await startRig(t, create, { onSocket: dyingFirst(lines) });
  assert.match(await rig.ask("GET /1"), /on first$/);
  assert.match(await rig.ask("GET /2"), /on fresh$/);
  assert.deepEqual(lines, ["GET /1 HTTP/1.1", "GET /2 HTTP/1.1", "GET /2 HTTP/1.1"]);
});

for (const [what, line, headers, body] of [
  ["with a body", "POST /2", "Content-Length: 1\r\n", "x"],
  ["without one", "POST /2", "", ""],
] as const) {
  test(`a POST ${what} is sent once at most`, async (t) => {
    const lines: string[] = [];
    const rig = await startRig(t, create, { onSocket: dyingFirst(lines) });
    await rig.ask("GET /1");
    await rig.ask(line, headers, body);
    assert.equal(lines.filter((seen) => seen.startsWith("POST")).length, 1);
  });
}

test("a fresh connection that dies is not asked again", async (t) => {
  const lines: string[] = [];
  const rig = await startRig(t, create, {
    onSocket: (socket) =>
      readRequests(socket, "length-first", (request) => {
        lines.push(request.line);
        socket.resetAndDestroy();
      }),
  });
  assert.match(await rig.ask("GET /1"), /^HTTP\/1.1 502 /);
  assert.equal(lines.length, 1);
});

test("a request that got one byte of an answer is not asked again", async (t) => {
  const lines: string[] = [];
  const rig = await startRig(t, create, {
    onSocket: (socket) =>
      readRequests(socket, "length-first", (request) => {
        lines.push(request.line);
        if (lines.length === 1) socket.write(rawAnswer("fine"));
        else socket.write("H", () => setImmediate(() => socket.resetAndDestroy()));
      }),
  });
  await rig.ask("GET /1");
  const second = await rig.open("GET /2 HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n");
  assert.match(await second.whole(), /^HTTP\/1.1 502 /);
  assert.equal(lines.length, 2);
});

test("requests without a body share a kept connection, those with one take a fresh one", async (t) => {
  const rig = await startRig(t, create, { answer: (_request, socket) => socket.write(rawAnswer("ok")) });
  let connections = 0;
  rig.app.server.on("connection", () => {
    connections += 1;
  });
  for (let i = 0; i < 5; i += 1) await rig.ask("GET /");
  assert.equal(connections, 1);
  for (let i = 0; i < 3; i += 1) await rig.ask("POST /", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n");
  assert.equal(connections, 4);
});

test("bytes on an idle connection are never the answer to the next request", async (t) => {
  const sockets: Socket[] = [];
  const rig = await startRig(t, create, {
    answer: (request, socket) => {
      sockets.push(socket);
      socket.write(rawAnswer(request.line));
    },
  });
  await rig.ask("GET /1");
  const [idle] = sockets;
  assert.ok(idle);
  idle.write(rawAnswer("poison"));
  await once(idle, "close");
  assert.match(await rig.ask("GET /2"), /GET \/2 HTTP\/1.1$/);
});

test("40 uploads at once through 5 connections all arrive", async (t) => {
  const rig = await startRig(t, (upstream) => createProxyServer({ upstream, maxSockets: 5 }), {
    answer: (request, socket) => socket.end(rawAnswer(`got ${request.body.length}`)),
  });
  const body = "u".repeat(200_000);
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => rig.ask("POST /up", `Content-Length: ${body.length}\r\n`, body)),
  );
  for (const answer of answers) assert.match(answer, /^HTTP\/1.1 200 OK\r\n.*got 200000$/s);
});
