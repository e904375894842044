import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Child } from "./child.ts";
import { limitLine, unlimitLine } from "./line-limit.ts";
import { addNamespace, deviceTo, inside, type Namespace, namespacesMissing, switchNamespaces } from "./netns.ts";
import { startHelper } from "./netns-helper.ts";
import { type Undo, undoAfter } from "./undo.ts";
import { until } from "./until.ts";
import { startWireMeter } from "./wire-meter.ts";

const SKIP = { skip: namespacesMissing() };
const BODY_BYTES = 1_000_000;
const DATAGRAMS = 50;
const DATAGRAM_BYTES = 1_000;
/** Of an IPv4 packet: its own header and UDP's. */
const UDP_HEADER_BYTES = 28;

const SERVER = `require("node:http").createServer((_, res) => res.end("x".repeat(${BODY_BYTES}))).listen(8000, "0.0.0.0", () => console.log("ready"))`;
const SENDER = `const socket = require("node:dgram").createSocket("udp4");
let left = ${DATAGRAMS};
const gone = () => (left -= 1) === 0 && console.log("ready");
for (let sent = 0; sent < ${DATAGRAMS}; sent += 1) socket.send(Buffer.alloc(${DATAGRAM_BYTES}), 9, "10.79.0.2", gone)`;

test("the meter counts every datagram and every TCP packet, headers included", SKIP, async (t) => {
  const { home, device, undo, fetchBody } = await twoHouses(t);
  const look = await startWireMeter(home, device);
  await runInside(undo, home, SENDER);
  await until(
    async () => (await look()).udpOut === DATAGRAMS * (DATAGRAM_BYTES + UDP_HEADER_BYTES),
    "all datagrams are counted",
  );
  await fetchBody();
  const { tcpOut, tcpIn } = await look();
  // 40 to 52 bytes of header for each 1 448 of payload, and what a busy machine sends twice.
  assert.ok(tcpOut > BODY_BYTES * 1.03 && tcpOut < BODY_BYTES * 1.15, `${tcpOut} bytes out`);
  assert.ok(tcpIn > 500 && tcpIn < BODY_BYTES * 0.06, `${tcpIn} bytes in`);
});

test("a limited line lets out no more than its rate, and all again without the limit", SKIP, async (t) => {
  const { home, device, fetchBody } = await twoHouses(t);
  await limitLine(home, device, { rateBps: 8_000_000, queueMs: 200 });
  const limitedMs = await fetchBody();
  assert.ok(limitedMs > 950, `8 Mbit in ${limitedMs} ms`);
  await unlimitLine(home, device);
  const freeMs = await fetchBody();
  assert.ok(freeMs < limitedMs / 2, `${freeMs} ms instead of ${limitedMs} ms`);
});

/** A home that serves a body, and a neighbour who can fetch it; answers how long that took in milliseconds. */
async function twoHouses(t: TestContext) {
  const undo = undoAfter(t);
  const [hub, home, other] = [
    await addNamespace(undo, "hub"),
    await addNamespace(undo, "home"),
    await addNamespace(undo, "other"),
  ];
  await switchNamespaces(hub, [
    { namespace: home, address: "10.79.0.1/24" },
    { namespace: other, address: "10.79.0.2/24" },
  ]);
  await runInside(undo, home, SERVER);
  const helper = await startHelper(undo, other);
  const fetchBody = async (): Promise<number> => {
    const startMs = performance.now();
    const { text } = await helper.call("fetch", "http://10.79.0.1:8000/");
    assert.equal(text.length, BODY_BYTES);
    return performance.now() - startMs;
  };
  return { undo, home, device: deviceTo(hub), fetchBody };
}

/** Resolves when the script says it is ready. */
async function runInside(undo: Undo, namespace: Namespace, script: string): Promise<void> {
  const [command, args] = inside(namespace, process.execPath, ["-e", script]);
  const child = new Child({ command, args });
  undo(() => child.end());
  await child.line((line) => (line === "ready" ? true : undefined));
}
