import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { Assets, type Mode } from "./assets.ts";

function assets(mode: Mode = "proxy", more: { stun?: string[]; appHasWorker?: boolean; key?: string } = {}): Assets {
  return new Assets({ mode, stun: [], appHasWorker: false, ...more });
}

let base = "";
let served = assets();
const server = http.createServer((req, res) => {
  if (!served.answer(req, res)) res.writeHead(404).end();
});

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

test("the page's script carries the configuration and may be kept for ever", async () => {
  served = assets("proxy", { stun: ["stun:s.test:1"], key: "public-key" });
  const response = await fetch(base + served.scriptPath);
  const text = await response.text();
  assert.match(response.headers.get("cache-control") ?? "", /immutable/);
  assert.ok(
    text.includes('"stun:s.test:1"') &&
      text.includes('"public-key"') &&
      text.includes(served.build) &&
      !text.includes("__TUBER_CONFIG__"),
  );
});

test("another configuration is another build", () => {
  const builds = [
    assets(),
    assets("proxy", { stun: ["stun:a"] }),
    assets("proxy", { appHasWorker: true }),
    assets("proxy", { key: "k" }),
  ].map((a) => a.build);
  assert.equal(new Set(builds).size, 4);
});

test("the injected tag's path stays short enough for a charset behind it", () => {
  assert.ok(`<script src="${assets().scriptPath}"></script>`.length < 90);
});

test("the service worker may take the whole site, is asked for each time and confirmed by its validator", async () => {
  served = assets();
  const first = await fetch(`${base}/__tuber/sw.js`);
  assert.equal(first.headers.get("service-worker-allowed"), "/");
  assert.equal(first.headers.get("cache-control"), "no-cache");
  const second = await fetch(`${base}/__tuber/sw.js`, {
    headers: { "if-none-match": first.headers.get("etag") ?? "" },
  });
  assert.equal(second.status, 304);
});

test("the lease is held while Tuber stands, and gone in uninstall mode", async () => {
  served = assets();
  assert.equal((await fetch(`${base}/__tuber/lease`)).headers.get("tuber"), "1");
  served = assets("uninstall-sw");
  assert.equal((await fetch(`${base}/__tuber/lease`)).status, 404);
});

test("in uninstall mode the service worker is one that unregisters itself", async () => {
  served = assets("uninstall-sw");
  const text = await (await fetch(`${base}/__tuber/sw.js`)).text();
  assert.match(text, /registration\.unregister\(\)/);
});

test("every answer can be loaded by a page with COEP", async () => {
  served = assets();
  for (const path of [
    "/__tuber/sw.js",
    "/__tuber/lease",
    "/__tuber/core.js",
    "/__tuber/",
    "/__tuber/0123456789/worker.js",
    "/__tuber/0123456789/demand.js",
  ]) {
    const response = await fetch(base + path);
    assert.equal(response.headers.get("cross-origin-resource-policy"), "same-origin", path);
    assert.equal(response.headers.get("cross-origin-embedder-policy"), "require-corp", path);
  }
});

test("what is no file of ours is nobody's answer", async () => {
  served = assets();
  for (const path of ["/__tuber/nothing", "/__tuber/sw.js/x", "/__tuber/../x", "/__tuber/0123456789/sw.js.map"]) {
    assert.equal((await fetch(base + path)).status, 404, path);
  }
});

test("the page for visitors runs our own script and no other, and says what passing on means", async () => {
  served = assets();
  const page = await fetch(`${base}/__tuber/`);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none';.* script-src 'self'/);
  assert.match(await page.text(), /see its network address[\s\S]*id="sharing"/);
  const script = await fetch(`${base}/__tuber/switch.js`);
  assert.match(script.headers.get("content-type") ?? "", /javascript/);
  assert.match(await script.text(), /tuber-sharing/);
});
