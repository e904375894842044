import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import test, { type TestContext } from "node:test";
import { type AdminOptions, createAdminServer, isLoopback } from "./admin-server.ts";
import type { Status } from "./status.ts";

const STATUS: Status = {
  bytes: { http: 1, origin: 2, booster: 0, viewer: 0 },
  links: [],
  contents: [],
  upstream: "http://app",
  uptimeMs: 5,
  version: "1.2.3",
};

async function running(t: TestContext, options: Partial<AdminOptions> = {}) {
  const admin = createAdminServer({
    isUpstreamReachable: async () => true,
    status: () => STATUS,
    metrics: { text: async () => "tuber_links 0\n", type: "text/plain; version=0.0.4" },
    ...options,
  });
  t.after(() => admin.close());
  admin.server.listen(0, "127.0.0.1");
  await once(admin.server, "listening");
  const { port } = admin.server.address() as AddressInfo;
  const ask = async (path: string, method = "GET", headers = {}) => {
    const req = request({ host: "127.0.0.1", port, path, method, headers, agent: false }).end();
    const [res] = await once(req, "response");
    return { status: res.statusCode, type: res.headers["content-type"], text: await readText(res) };
  };
  return { admin, ask };
}

test("health is the process's, whatever the app does", async (t) => {
  const { ask } = await running(t, { isUpstreamReachable: async () => false });
  assert.deepEqual(await ask("/healthz"), {
    status: 200,
    type: "application/json; charset=utf-8",
    text: '{"status":"ok"}\n',
  });
});

test("ready means that the app answers, and no longer once the drain began", async (t) => {
  let isUp = true;
  const { admin, ask } = await running(t, { isUpstreamReachable: async () => isUp });
  assert.equal((await ask("/readyz")).status, 200);
  isUp = false;
  assert.deepEqual((await ask("/readyz")).text, '{"status":"upstream unreachable"}\n');
  isUp = true;
  admin.drain();
  const drained = await ask("/readyz");
  assert.deepEqual([drained.status, drained.text], [503, '{"status":"draining"}\n']);
});

test("status is JSON, metrics are Prometheus's text", async (t) => {
  const { ask } = await running(t);
  assert.deepEqual(JSON.parse((await ask("/status?pretty")).text), STATUS);
  const metrics = await ask("/metrics");
  assert.deepEqual([metrics.type, metrics.text], ["text/plain; version=0.0.4", "tuber_links 0\n"]);
  assert.equal((await ask("/metrics", "HEAD")).text, "");
});

test("other paths and methods are refused in JSON", async (t) => {
  const { ask } = await running(t);
  const missing = await ask("/secret");
  assert.equal(missing.status, 404);
  assert.equal(JSON.parse(missing.text).error, "not found");
  assert.equal((await ask("/status", "POST")).status, 405);
});

test("a page whose name was pointed at this machine cannot read it", async (t) => {
  const { ask } = await running(t);
  assert.equal((await ask("/status", "GET", { host: "evil.example:8081" })).status, 403);
  for (const host of ["localhost:8081", "127.0.0.1", "[::1]:8081"]) {
    assert.equal((await ask("/status", "GET", { host })).status, 200, host);
  }
});

test("a fault of ours is a 500, not a hang", async (t) => {
  const { ask } = await running(t, {
    status: () => {
      throw new Error("ours");
    },
  });
  assert.equal((await ask("/status")).status, 500);
});

test("only this machine's own addresses are loopback", () => {
  for (const host of ["127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1"])
    assert.ok(isLoopback(host), host);
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "example.org", ""]) assert.ok(!isLoopback(host), host);
});
