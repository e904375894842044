import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test, { type TestContext } from "node:test";
import WebSocket from "ws";
import { RawClient } from "../testing/raw-client.ts";
import { openEventStream, openWebSocket } from "../testing/signal-clients.ts";
import { undoAfter } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { startTuber } from "./programs.ts";

const MALFORMED = 'tuber_faults_total{kind="signal-malformed"}';

test("a running tuber counts each bad input in /metrics, lives and still answers", { timeout: 30_000 }, async (t) => {
  const tuber = await startTuber(undoAfter(t), { upstream: await rangeTeller(t) });
  const { hostname, port } = new URL(tuber.url);
  const signal = `${tuber.url}/__tuber/signal`;
  const headers = { origin: tuber.url };
  const metric = async (series: string): Promise<number> => {
    const lines = (await (await fetch(`${tuber.admin}/metrics`)).text()).split("\n");
    return Number(lines.find((line) => line.startsWith(`${series} `))?.slice(series.length) ?? 0);
  };
  /** The input is counted once, in this series, and what comes after it is answered. */
  const counts = async (name: string, series: string, input: () => Promise<unknown>): Promise<void> => {
    await t.test(name, async () => {
      const before = await metric(series);
      await input();
      await until(async () => (await metric(series)) > before, `${series} has grown`);
      assert.equal(await metric(series), before + 1);
      assert.equal(await (await fetch(tuber.url)).text(), "no range");
    });
  };

  await counts("a malformed Range, the app's to judge, in a bent note request", noted("malformed"), async () => {
    const bent = { range: "bytes=9-1,x", "tuber-note": "nonsense" };
    assert.equal(await (await fetch(tuber.url, { headers: bent })).text(), "bytes=9-1,x");
  });
  await counts("a head of 10 MB", 'tuber_faults_total{kind="client-malformed"}', async () => {
    const head = `GET / HTTP/1.1\r\nHost: ${hostname}\r\nX-Long: ${"x".repeat(10_000_000)}\r\n\r\n`;
    const client = await RawClient.open(Number(port), head);
    await client.until(/^HTTP\/1\.1 431 /);
    client.reset();
  });
  await counts("garbage in a WebSocket's message", MALFORMED, async () => {
    const client = await openWebSocket(signal, headers);
    await client.send('{"type":');
    t.after(() => client.close());
  });
  await counts("garbage in a POST of signalling", MALFORMED, async () => {
    const client = await openEventStream(signal, headers);
    await client.send('{"type":');
    t.after(() => client.close());
  });
  await counts("a WebSocket's text that is no UTF-8", MALFORMED, async () => {
    const socket = new WebSocket(signal.replace(/^http/, "ws"), { headers });
    await once(socket, "open");
    socket.send(Buffer.from([0x22, 0xc3, 0x28, 0xff]), { binary: false });
    await once(socket, "close");
  });
});

function noted(outcome: string): string {
  return `tuber_notes_total{outcome="${outcome}"}`;
}

/** An app that answers with the Range it was asked for; its URL. */
async function rangeTeller(t: TestContext): Promise<string> {
  const server = createServer((req, res) => void res.end(req.headers.range ?? "no range")).listen(0, "127.0.0.1");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
