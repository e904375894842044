import assert from "node:assert/strict";
import { test } from "node:test";
import { rawAnswer, startRig } from "../../testing/raw-rig.ts";
import type { Exchange } from "../exchange.ts";
import { createProxyServer } from "./proxy-server.ts";

const HOST = "Host: site.test\r\n";
const REFUSED: Record<string, [request: string, status: number]> = {
  "two Host headers": [`GET / HTTP/1.1\r\n${HOST}Host: other.test\r\n\r\n`, 400],
  "no Host header": ["GET / HTTP/1.1\r\n\r\n", 400],
  "a Host with a path": ["GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400],
  "a Host with userinfo": ["GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400],
  "chunks in HTTP/1.0": [`POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  "a transfer coding before chunked": [
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
    501,
  ],
  "chunked twice": [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`, 400],
  "chunked on two lines": [
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  "both framings": [`POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  "differing lengths": [`POST / HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
  "a signed length": [`POST / HTTP/1.1\r\n${HOST}Content-Length: +1\r\n\r\na`, 400],
  "a list of lengths": [`POST / HTTP/1.1\r\n${HOST}Content-Length: 1, 1\r\n\r\na`, 400],
  "a space before the colon": [`POST / HTTP/1.1\r\n${HOST}Content-Length : 1\r\n\r\na`, 400],
  "a folded header": [`GET / HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`, 400],
  "a bare line feed": ["GET / HTTP/1.1\nHost: site.test\n\n", 400],
  "a NUL in a header": [`GET / HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`, 400],
  "an absolute target": [`GET http://evil.test/ HTTP/1.1\r\n${HOST}\r\n`, 400],
  "a target that is no path": [`GET evil HTTP/1.1\r\n${HOST}\r\n`, 400],
  "* for anything but OPTIONS": [`GET * HTTP/1.1\r\n${HOST}\r\n`, 400],
  CONNECT: [`CONNECT evil.test:443 HTTP/1.1\r\n${HOST}\r\n`, 405],
  "HTTP/2.0 in words": [`GET / HTTP/2.0\r\n${HOST}\r\n`, 505],
  "an unknown expectation": [`POST / HTTP/1.1\r\n${HOST}Expect: magic\r\nContent-Length: 1\r\n\r\na`, 417],
  garbage: ["\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400],
};

for (const [what, [request, status]] of Object.entries(REFUSED)) {
  test(`${what} is refused with ${status}, and nothing behind it is forwarded`, async (t) => {
    const forwarded: string[] = [];
    const spy = { name: "spy", onRequest: (exchange: Exchange) => void forwarded.push(exchange.target) };
    const rig = await startRig(t, (upstream) => createProxyServer({ upstream, rules: [spy] }), {
      answer: (_request, socket) => socket.write(rawAnswer("no")),
    });
    const client = await rig.open(`${request}GET /behind HTTP/1.1\r\n${HOST}\r\n`);
    assert.match(await client.whole(), new RegExp(`^HTTP/1.1 ${status} `));
    assert.deepEqual(forwarded, []);
  });
}

test("OPTIONS * reaches the app", async (t) => {
  const rig = await startRig(t, (upstream) => createProxyServer({ upstream }), {
    answer: (_request, socket) => socket.end(rawAnswer("ok")),
  });
  await rig.ask("OPTIONS *");
  assert.equal(rig.seen[0]?.line, "OPTIONS * HTTP/1.1");
});
