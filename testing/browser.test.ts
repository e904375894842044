import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { chromiumMissing, launchChromium } from "./browser.ts";
import { firefoxMissing, launchFirefox } from "./firefox.ts";
import { addDefaultRoute, addNamespace, joinNamespaces, namespacesMissing } from "./netns.ts";
import { startHelper } from "./netns-helper.ts";
import { type Undo, undoAfter } from "./undo.ts";

test("Chromium in a namespace sees that network alone, has service workers on plain http and finds candidates", {
  skip: namespacesMissing() ?? chromiumMissing(),
}, async (t) => {
  const undo = undoAfter(t);
  const [viewer, home] = [await addNamespace(undo, "viewer"), await addNamespace(undo, "home")];
  await joinNamespaces(viewer, "10.77.0.2/24", home, "10.77.0.1/24");
  await addDefaultRoute(viewer, "10.77.0.254");
  const { port } = await site(undo);
  const forward = { listenHost: "10.77.0.1", listenPort: 0, targetHost: "127.0.0.1", targetPort: port };
  const url = `http://10.77.0.1:${await (await startHelper(undo, home)).call("startMeter", forward)}/`;
  const browser = await launchChromium(undo, { namespace: viewer, secureOrigins: [new URL(url).origin] });
  const page = await browser.newPage();
  // Home has no way to this test's server: the connection is made and broken, which a wrong network would not even do.
  // Which of these Chromium says depends on how far it had come.
  await assert.rejects(page.goto(url), /ERR_(EMPTY_RESPONSE|CONNECTION_RESET|CONNECTION_CLOSED|SOCKET_NOT_CONNECTED)/);
  await assert.rejects(page.goto(`http://127.0.0.1:${port}/`), /ERR_CONNECTION_REFUSED/);
  await page.route("**", (route) => route.fulfill({ contentType: "text/html", body: "<p>here" }));
  await page.goto(url);
  const found = await page.evaluate(async () => {
    const connection = new RTCPeerConnection();
    connection.createDataChannel("x");
    const first = new Promise<string>((resolve) => {
      connection.onicecandidate = ({ candidate }) => resolve(candidate?.candidate ?? "none");
    });
    await connection.setLocalDescription();
    return { candidate: await first, worker: "serviceWorker" in navigator };
  });
  assert.match(found.candidate, /typ host/);
  assert.equal(found.worker, true);
});

test("Firefox opens a page, registers a service worker on loopback and fetches through it", {
  skip: firefoxMissing(),
}, async (t) => {
  const undo = undoAfter(t);
  const { port } = await site(undo);
  const tab = await (await launchFirefox(undo)).newTab();
  await tab.open(`http://localhost:${port}/`);
  const answer = await tab.evaluate(async (script) => {
    await navigator.serviceWorker.register(script);
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
    }
    return (await fetch("/made-up")).text();
  }, "/sw.js");
  assert.equal(answer, "from the worker");
  assert.equal((await tab.screenshot()).subarray(1, 4).toString(), "PNG");
  await assert.rejects(
    tab.evaluate(() => Promise.reject(new Error("oh")), null),
    /oh/,
  );
});

const WORKER = `
  addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  addEventListener("fetch", (event) => {
    if (event.request.url.endsWith("/made-up")) event.respondWith(new Response("from the worker"));
  });`;

async function site(undo: Undo): Promise<{ port: number }> {
  const server = createServer((req, res) => {
    const script = req.url === "/sw.js";
    res.setHeader("content-type", script ? "text/javascript" : "text/html");
    res.end(script ? WORKER : "<!doctype html><title>Plain</title><p>A page");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  undo(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port };
}
