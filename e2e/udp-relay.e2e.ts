import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { type Helper, startHelper } from "../testing/netns-helper.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";

const FAST = { rateBps: 1e9, delayMs: 0, queueBytes: 1e6 };
const HOME_LINE = { rateBps: 50e6, delayMs: 20, queueBytes: 250_000 };
/** The wire size of a usual SCTP packet, headers of IP and UDP taken off. */
const PAYLOAD_BYTES = 1_228;

test("the relay delays by its delay, within 2 ms", async (t) => {
  const { home, viewer, port } = await line(undoAfter(t));
  home.on("message", (bytes, from) => home.send(bytes, from.port, from.address));
  const delaysMs: number[] = [];
  for (let count = 0; count < 30; count += 1) {
    const sentMs = performance.now();
    viewer.send("ping", port, "127.0.0.1");
    await once(viewer, "message");
    delaysMs.push(performance.now() - sentMs);
  }
  const medianMs = delaysMs.sort((a, b) => a - b)[15] ?? 0;
  t.diagnostic(`median ${medianMs.toFixed(2)} ms of a 20 ms delay`);
  assert.ok(Math.abs(medianMs - 20) < 2, `${medianMs} ms`);
});

test("a sender faster than the line gets its rate, within 3 %, and the rest is dropped", async (t) => {
  const { helper, home, viewer, port } = await line(undoAfter(t));
  viewer.send("hello", port, "127.0.0.1");
  const [, from] = await once(home, "message");
  await helper.call("relayReport", null);
  let bytes = 0;
  let firstMs = 0;
  viewer.on("message", (message) => {
    firstMs ||= performance.now();
    bytes += message.length + 28;
  });
  await blast(home, from.port, 1_500);
  const report = await helper.call("relayReport", null);
  const rateBps = (bytes * 8_000) / (performance.now() - firstMs);
  t.diagnostic(`${(rateBps / 1e6).toFixed(1)} Mbit/s, ${JSON.stringify(report.fromTarget)}, missed ${report.missed}`);
  assert.ok(Math.abs(rateBps / HOME_LINE.rateBps - 1) < 0.03, `${rateBps} bit/s`);
  assert.ok(report.fromTarget.drops > 0);
  // A full queue of 250 kB is 40 ms of this line.
  assert.ok(Math.abs(report.fromTarget.queueMs.max - 40) < 2, `${report.fromTarget.queueMs.max} ms`);
});

test("a blocked relay passes nothing", async (t) => {
  const { helper, home, viewer, port } = await line(undoAfter(t));
  await helper.call("blockRelay", true);
  viewer.send("lost", port, "127.0.0.1");
  // Datagrams of one socket keep their order: the first answer proves that all before it have been dropped.
  await helper.call("relayReport", null);
  await helper.call("blockRelay", false);
  viewer.send("passed", port, "127.0.0.1");
  const [first] = await once(home, "message");
  assert.equal(String(first), "passed");
});

interface Line {
  readonly helper: Helper;
  readonly home: Socket;
  readonly viewer: Socket;
  readonly port: number;
}

async function line(undo: Undo): Promise<Line> {
  const helper = await startHelper(undo);
  const [home, viewer] = await Promise.all([bound(undo), bound(undo)]);
  const port = await helper.call("startRelay", {
    listenHost: "127.0.0.1",
    listenPort: 0,
    targetHost: "127.0.0.1",
    targetPort: home.address().port,
    toTarget: FAST,
    fromTarget: HOME_LINE,
  });
  return { helper, home, viewer, port };
}

async function bound(undo: Undo): Promise<Socket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 1_048_576 });
  undo(() => socket.close());
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

/** About 80 Mbit/s in bursts of a few packets. */
function blast(from: Socket, port: number, durationMs: number): Promise<void> {
  const startMs = performance.now();
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  let sent = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const nowMs = performance.now() - startMs;
      for (; sent < nowMs * 8; sent += 1) from.send(payload, port, "127.0.0.1");
      if (nowMs < durationMs) return;
      clearInterval(timer);
      resolve();
    }, 2);
  });
}
