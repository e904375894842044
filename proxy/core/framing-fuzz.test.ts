import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { RawClient } from "../../testing/raw-client.ts";
import { fuzzCase, type Random, seededRandom } from "../../testing/raw-fuzz-case.ts";
import { type RawRequest, readRequests, valuesOf } from "../../testing/raw-requests.ts";
import { startRawServer } from "../../testing/raw-server.ts";
import { createProxyServer, type ProxyServer } from "./proxy-server.ts";

const CASES = Number(process.env.TUBER_FUZZ_CASES ?? 5_000);
const SEED = Number(process.env.TUBER_FUZZ_SEED ?? Math.floor(Math.random() * 1e9));
const WORKERS = 24;

test(`no hidden request reaches a lenient app: ${CASES} hostile connections, seed ${SEED}`, async (t) => {
  t.diagnostic(`TUBER_FUZZ_SEED=${SEED} TUBER_FUZZ_CASES=${CASES}`);
  const seen: RawRequest[] = [];
  const random = seededRandom(SEED);
  const app = await startRawServer((socket) => answerLeniently(socket, random, seen));
  const proxy = createProxyServer({ upstream: app.url, timeouts: { headMs: 60_000 } });
  const port = await listen(proxy);
  let next = 0;
  const work = async () => {
    const canary = new Canary(await RawClient.open(port));
    while (next < CASES) {
      next += 1;
      await attack(proxy, next, canary);
    }
    canary.close();
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  await proxy.close(0);
  await app.idle();
  await app.close();
  const smuggled = seen.filter((request) => valuesOf(request, "tuber-hops").length === 0);
  assert.deepEqual(smuggled.slice(0, 3), [], `${smuggled.length} requests reached the app without passing the proxy`);
  assert.deepEqual(seen.filter(hasTwoFramings).slice(0, 3), []);
  const forwarded = seen.filter((request) => request.line.includes("/case-")).length;
  t.diagnostic(`${forwarded} of the cases got as far as the app`);
  assert.ok(forwarded > CASES / 4, "a fuzzer whose cases are all refused finds nothing");
});

function hasTwoFramings(request: RawRequest): boolean {
  return valuesOf(request, "content-length").length + valuesOf(request, "transfer-encoding").length > 1;
}

// Client ports: connections taken in before somebody asked, and those asked for.
const waiting = new Set<number>();
const arrivals = new Map<number, () => void>();

function noteArrival(socket: Socket): void {
  const port = Number(socket.remotePort);
  const arrived = arrivals.get(port);
  if (!arrived) waiting.add(port);
  arrivals.delete(port);
  arrived?.();
}

async function listen(proxy: ProxyServer): Promise<number> {
  proxy.server.on("connection", noteArrival);
  proxy.server.listen(0, "127.0.0.1");
  await once(proxy.server, "listening");
  return (proxy.server.address() as AddressInfo).port;
}

/** Reads whatever looks like a request, by one rule or the other, and answers it. */
function answerLeniently(socket: Socket, random: Random, seen: RawRequest[]): void {
  const leniency = random() < 0.5 ? "length-first" : "chunked-first";
  readRequests(socket, leniency, (request) => {
    seen.push(request);
    const body = request.line.startsWith("HEAD ") ? "" : request.line;
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${request.line.length}\r\n\r\n${body}`, "latin1");
  });
}

/** A well-behaved client beside the hostile ones: whoever gets another's answer shows it here. */
class Canary {
  readonly #client: RawClient;
  #sent = 0;

  constructor(client: RawClient) {
    this.#client = client;
  }

  async sing(id: number): Promise<void> {
    this.#sent += 1;
    const target = `/canary-${id}-${this.#sent}-`;
    const expected = `GET ${target} HTTP/1.1`;
    this.#client.send(`GET ${target} HTTP/1.1\r\nHost: site.test\r\n\r\n`);
    const from = this.#client.received.length;
    await this.#client.until(expected);
    const answer = this.#client.received.slice(from);
    assert.ok(answer.startsWith("HTTP/1.1 200 OK\r\n") && answer.endsWith(`\r\n\r\n${expected}`), answer);
  }

  close(): void {
    this.#client.socket.destroy();
  }
}

async function attack(proxy: ProxyServer, id: number, canary: Canary): Promise<void> {
  const client = await accepted(proxy);
  for (const bytes of fuzzCase(seededRandom(SEED + id), id).slices) {
    client.send(bytes);
    await nextTurn();
  }
  // Some cases never get an answer because their body never ends; four canaries are time enough to see that.
  for (let turn = 0; turn < 4 && client.received === "" && !client.socket.destroyed; turn += 1) await canary.sing(id);
  await canary.sing(id);
  client.socket.destroy();
}

/** A client the proxy has taken in already: Node accepts one connection each turn, and a busy one would come too late. */
async function accepted(proxy: ProxyServer): Promise<RawClient> {
  const client = await RawClient.open((proxy.server.address() as AddressInfo).port);
  const { localPort } = client.socket;
  if (waiting.delete(Number(localPort))) return client;
  await new Promise<void>((resolve) => arrivals.set(Number(localPort), resolve));
  return client;
}
