import assert from "node:assert/strict";
import { test } from "node:test";
import { valuesOf } from "../../testing/raw-requests.ts";
import { rawAnswer, startRig } from "../../testing/raw-rig.ts";
import { createProxyServer } from "./proxy-server.ts";

const create = (upstream: URL) => createProxyServer({ upstream });

test("method, target, headers and body reach the app as they came, and its answer comes back as it was", async (t) => {
  const rig = await startRig(t, create, {
    answer: (_request, socket) => socket.end(rawAnswer("pong", "X-One: a\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n")),
  });
  const answer = await rig.ask(
    "PUT /a//b/%2e%2e;x?y?{z}|",
    "X-Case: Kept\r\nx-case: twice\r\nContent-Length: 4\r\n",
    "ping",
  );
  const [request] = rig.seen;
  assert.ok(request);
  assert.equal(request.line, "PUT /a//b/%2e%2e;x?y?{z}| HTTP/1.1");
  assert.deepEqual(request.headers.slice(0, 3), [
    ["Host", "site.test"],
    ["X-Case", "Kept"],
    ["x-case", "twice"],
  ]);
  assert.equal(request.body, "ping");
  assert.deepEqual(valuesOf(request, "content-length"), ["4"]);
  assert.equal(
    answer,
    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-One: a\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nConnection: close\r\n\r\npong",
  );
});
