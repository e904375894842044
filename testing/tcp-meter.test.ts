import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { startTcpMeter, type TcpMeter } from "./tcp-meter.ts";
import { type Undo, undoAfter } from "./undo.ts";

test("the meter passes bytes and ends both ways and counts exactly them", async (t) => {
  const undo = undoAfter(t);
  const meter = await meterTo(
    undo,
    createServer({ allowHalfOpen: true }, (socket) => {
      let asked = 0;
      socket.on("data", (bytes) => {
        asked += bytes.length;
      });
      socket.on("end", () => socket.end(Buffer.alloc(1_000_000, asked)));
    }),
  );
  const client = connect({ port: meter.port, host: "127.0.0.1", allowHalfOpen: true });
  client.end("seven b");
  const answer = await buffer(client);
  assert.ok(answer.equals(Buffer.alloc(1_000_000, 7)));
  assert.deepEqual(meter.bytes(), { fromTarget: 1_000_000, toTarget: 7, connections: 1 });
});

test("a cut breaks connections instead of ending them", async (t) => {
  const undo = undoAfter(t);
  const meter = await meterTo(
    undo,
    createServer((socket) => void socket.on("error", () => undefined).write("hi")),
  );
  const client = connect(meter.port, "127.0.0.1");
  await once(client, "data");
  meter.cut();
  const [error] = await once(client, "error");
  assert.equal(error.code, "ECONNRESET");
});

async function meterTo(undo: Undo, server: Server): Promise<TcpMeter> {
  server.listen(0, "127.0.0.1");
  undo(() => server.close());
  await once(server, "listening");
  const targetPort = (server.address() as AddressInfo).port;
  const meter = await startTcpMeter({ listenHost: "127.0.0.1", listenPort: 0, targetHost: "127.0.0.1", targetPort });
  undo(() => meter.close());
  return meter;
}
