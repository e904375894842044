import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { valuesOf } from "../../testing/raw-requests.ts";
import { type Rig, rawAnswer, startRig } from "../../testing/raw-rig.ts";
import { createProxyServer, type ProxyServerOptions } from "./proxy-server.ts";

function rig(t: TestContext, answer: Buffer | string, options: Partial<ProxyServerOptions> = {}): Promise<Rig> {
  return startRig(t, (upstream) => createProxyServer({ upstream, ...options }), {
    answer: (_request, socket) => socket.end(typeof answer === "string" ? Buffer.from(answer, "latin1") : answer),
  });
}

function namesSeen(using: Rig): string[] {
  return (using.seen[0]?.headers ?? []).map(([name]) => name.toLowerCase());
}

test("what concerns one connection is not passed to the app, what Connection names neither", async (t) => {
  const using = await rig(t, rawAnswer(""));
  await using.ask(
    "GET /",
    "Connection: X-Mine, keep-alive\r\nX-Mine: 1\r\nKeep-Alive: 3\r\nProxy-Connection: x\r\nTE: trailers\r\n" +
      "Proxy-Authorization: Basic eA==\r\nTrailer: X\r\nX-Stays: 1\r\n",
  );
  assert.deepEqual(namesSeen(using), [
    "host",
    "x-stays",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-host",
    "tuber-hops",
    "connection",
  ]);
});

test("what concerns one connection is not passed to the client", async (t) => {
  const hop =
    "Connection: X-Mine, Content-Length\r\nX-Mine: 1\r\nKeep-Alive: timeout=7\r\nProxy-Authenticate: Basic\r\nUpgrade: h2c\r\n";
  const using = await rig(t, rawAnswer("body", `${hop}X-Stays: 1\r\n`));
  assert.equal(
    await using.ask("GET /"),
    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Stays: 1\r\nConnection: close\r\n\r\nbody",
  );
});

for (const named of ["Transfer-Encoding", "content-length", "close, Transfer-Encoding, Content-Length"]) {
  test(`"Connection: ${named}" takes no framing away`, async (t) => {
    const using = await rig(t, rawAnswer("ok"));
    const hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
    const chunked = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
    await using.ask("DELETE /a", `Connection: ${named}\r\nTransfer-Encoding: chunked\r\n`, chunked);
    await using.ask("OPTIONS /b", `Connection: ${named}\r\nContent-Length: ${hidden.length}\r\n`, hidden);
    assert.deepEqual(
      using.seen.map(({ line, body }) => [line.split(" ")[1], body]),
      [
        ["/a", hidden],
        ["/b", hidden],
      ],
    );
  });
}

for (const method of ["GET", "DELETE", "OPTIONS", "PROPFIND", "POST"]) {
  test(`a body of ${method} keeps the framing it came in`, async (t) => {
    const using = await rig(t, rawAnswer("ok"));
    await using.ask(`${method} /a`, "Transfer-Encoding: Chunked\r\n", "3\r\nabc\r\n0\r\n\r\n");
    await using.ask(`${method} /b`, "Content-Length: 3\r\n", "abc");
    const framing = using.seen.map((request) => [
      valuesOf(request, "transfer-encoding"),
      valuesOf(request, "content-length"),
      request.body,
    ]);
    assert.deepEqual(framing, [
      [["chunked"], [], "abc"],
      [[], ["3"], "abc"],
    ]);
  });
}

test("a POST without a body says so", async (t) => {
  const using = await rig(t, rawAnswer("ok"));
  await using.ask("POST /");
  assert.deepEqual(
    using.seen.map((request) => [valuesOf(request, "content-length"), request.body]),
    [[["0"], ""]],
  );
});

const DISPOSITION = 'Content-Disposition: attachment; filename="\xc3\xa4\xe2\x82\xac\xff.mp4"\r\nX-Raw: \xfc\xff\r\n';

for (const [what, answer] of Object.entries({
  "a counted body": rawAnswer("body", DISPOSITION),
  "no body yet": `HTTP/1.1 200 OK\r\n${DISPOSITION}Content-Length: 4\r\n\r\nbody`,
  chunks: `HTTP/1.1 200 OK\r\n${DISPOSITION}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n`,
  "a 304": `HTTP/1.1 304 Not Modified\r\n${DISPOSITION}Content-Length: 4\r\n\r\n`,
  "a 204": `HTTP/1.1 204 No Content\r\n${DISPOSITION}\r\n`,
})) {
  test(`bytes from 0x80 on reach the client as they were, with ${what}`, async (t) => {
    const using = await rig(t, answer);
    const whole = await using.ask("GET /");
    for (const line of DISPOSITION.split("\r\n")) assert.ok(whole.includes(line), whole);
  });
}

test("bytes from 0x80 on reach the client as they were, in a head that goes ahead of its body", async (t) => {
  const using = await rig(t, `HTTP/1.1 200 OK\r\n${DISPOSITION}Content-Length: 4\r\n\r\n`);
  const client = await using.open("GET / HTTP/1.1\r\nHost: site.test\r\n\r\n");
  assert.ok((await client.until("\r\n\r\n")).includes(DISPOSITION));
});

test("bytes from 0x80 on in headers reach the app as they were, with Expect too", async (t) => {
  const using = await rig(t, rawAnswer("ok"));
  await using.ask("GET /", DISPOSITION);
  await using.ask("POST /", `Content-Length: 4\r\nExpect: 100-continue\r\n${DISPOSITION}`, "body");
  assert.equal(using.seen.length, 2);
  for (const request of using.seen) assert.deepEqual(valuesOf(request, "x-raw"), ["\xfc\xff"]);
  for (const request of using.seen) {
    assert.deepEqual(valuesOf(request, "content-disposition"), ['attachment; filename="\xc3\xa4\xe2\x82\xac\xff.mp4"']);
  }
});

for (const target of [
  "//a//b",
  "/%2e%2e/%2F;x=1",
  '/a?b?c&{}|^"`',
  "/a/../b",
  `/${"long/".repeat(1_200)}`,
  "/http://x.test/y",
]) {
  test(`the target ${target.slice(0, 20)} reaches the app as it came`, async (t) => {
    const using = await rig(t, rawAnswer("ok"));
    await using.ask(`GET ${target}`);
    assert.equal(using.seen[0]?.line, `GET ${target} HTTP/1.1`);
  });
}

test("Range, If-Range and a 206 pass untouched", async (t) => {
  const answer =
    'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-4/9\r\nETag: "x"\r\nContent-Length: 3\r\n\r\ncde';
  const using = await rig(t, answer);
  const whole = await using.ask("GET /", 'Range: bytes=2-4\r\nIf-Range: "x"\r\n');
  assert.equal(whole, answer.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
  const [request] = using.seen;
  assert.ok(request);
  assert.deepEqual([valuesOf(request, "range"), valuesOf(request, "if-range")], [["bytes=2-4"], ['"x"']]);
});

test("an app's Date, Server and missing Date stay as they are", async (t) => {
  const using = await rig(t, rawAnswer("", "Server: nginx\r\n"));
  assert.doesNotMatch(await using.ask("GET /"), /Date:/);
});

test("a target with bytes from 0x80 on is refused, never re-encoded", async (t) => {
  const using = await rig(t, rawAnswer("ok"));
  assert.match(await using.ask("GET /\xc3\xa4?\xff"), /^HTTP\/1.1 400 /);
  assert.deepEqual(using.seen, []);
});
