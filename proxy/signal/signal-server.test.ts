import assert from "node:assert/strict";
import { createServer } from "node:http";
import { afterEach, test } from "node:test";
import fc from "fast-check";
import { SIGNAL_BURST } from "../../protocol/limits.ts";
import type { ServerSignal } from "../../protocol/signal.ts";
import { TestClock } from "../../testing/clock.ts";
import { openEventStream, openWebSocket, type TestSignalClient } from "../../testing/signal-clients.ts";
import { until } from "../../testing/until.ts";
import { NETWORK_LIMITS, type NetworkLimits } from "./limits.ts";
import type { SendSignal, SessionSignal, SignalSessions } from "./sessions.ts";
import { createSignalServer } from "./signal-server.ts";

const SESSION = "0123456789abcdef0123456789abcdef";
const HELLO = JSON.stringify({ type: "hello", v: 1, session: SESSION });
const WELCOME = JSON.stringify({ type: "welcome", v: 1, peer: 7 });
const BYE = JSON.stringify({ type: "bye" });

/** Writes down what it is told. */
class Sessions implements SignalSessions {
  readonly joined: string[] = [];
  readonly signals: SessionSignal[] = [];
  left = 0;
  send: SendSignal = () => undefined;
  onChange: () => void = () => undefined;
  readonly addresses: (string | undefined)[] = [];
  join(session: string, send: SendSignal, address?: string): number {
    this.joined.push(session);
    this.addresses.push(address);
    this.send = send;
    return 7;
  }
  signal(_: string, message: SessionSignal): void {
    this.signals.push(message);
    this.onChange();
  }
  leave(): void {
    this.left += 1;
    this.onChange();
  }
}

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function start(publicOrigin?: string, networkLimits?: NetworkLimits) {
  const sessions = new Sessions();
  const clock = new TestClock();
  const faults: string[] = [];
  const onFault = (fault: string) => void faults.push(fault);
  const signal = createSignalServer({
    sessions,
    clock,
    onFault,
    trustedProxies: ["127.0.0.1"],
    ...(publicOrigin === undefined ? {} : { publicOrigin }),
    ...(networkLimits && { networkLimits }),
  });
  const http = createServer((req, res) => void (signal.own(req, res) || res.writeHead(418).end("the app")));
  http.on("upgrade", (req, socket, head) => void (signal.ownUpgrade(req, socket, head) || socket.end("the app")));
  await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
  const address = http.address();
  const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  cleanups.push(() => {
    http.closeAllConnections();
    http.close();
  });
  const url = `${origin}/__tuber/signal`;
  return { sessions, clock, faults, signal, origin, url };
}

type Running = Awaited<ReturnType<typeof start>>;
const TRANSPORTS = { "a WebSocket": openWebSocket, "an event stream": openEventStream };

async function connect(
  open: typeof openWebSocket,
  { url, origin }: Running,
  headers: Record<string, string> = {},
): Promise<TestSignalClient> {
  const client = await open(url, { origin, ...headers });
  cleanups.push(() => client.close());
  return client;
}

for (const [name, open] of Object.entries(TRANSPORTS)) {
  test(`${name}: hello is welcomed and the session can be reached`, async () => {
    const server = await start();
    const client = await connect(open, server);
    await client.send(HELLO);
    assert.equal(await client.next(), WELCOME);
    assert.deepEqual(server.sessions.joined, [SESSION]);
    const answer: ServerSignal = { type: "answer", attempt: 7, sdp: "v=0\r\nline two\r\n" };
    server.sessions.send(answer);
    assert.deepEqual(JSON.parse(await client.next()), answer);
  });

  test(`${name}: the session learns where its client calls from`, async () => {
    const server = await start();
    const client = await connect(open, server, { "x-forwarded-for": "203.0.113.5" });
    await client.send(HELLO);
    await client.next();
    assert.deepEqual(server.sessions.addresses, ["203.0.113.5"]);
  });

  test(`${name}: offers, candidates and bye reach the session in order`, async () => {
    const server = await start();
    const client = await connect(open, server);
    const offer: SessionSignal = { type: "offer", attempt: 1, sdp: "v=0" };
    const candidate: SessionSignal = { type: "candidate", attempt: 1, candidate: "candidate:1", mid: "0" };
    const all = new Promise<void>((done) => {
      server.sessions.onChange = () => server.sessions.signals.length === 3 && done();
    });
    await client.send(HELLO, JSON.stringify(offer), JSON.stringify(candidate), BYE);
    await all;
    assert.deepEqual(server.sessions.signals, [offer, candidate, { type: "bye" }]);
  });

  test(`${name}: ping is answered`, async () => {
    const client = await connect(open, await start());
    await client.send(HELLO, JSON.stringify({ type: "ping" }));
    assert.equal(await client.next(), WELCOME);
    assert.equal(await client.next(), JSON.stringify({ type: "pong" }));
  });

  test(`${name}: another protocol version is refused with a sentence`, async () => {
    const server = await start();
    const client = await connect(open, server);
    await client.send(JSON.stringify({ type: "hello", v: 2, session: SESSION, more: true }));
    const { code, why } = await client.closed;
    assert.equal(code, 4400);
    assert.match(why, /version 1 .* reload the page/);
    assert.deepEqual(server.faults, ["signal-version"]);
  });

  test(`${name}: whatever comes before hello ends the conversation`, async () => {
    const server = await start();
    const client = await connect(open, server);
    await client.send(BYE);
    assert.deepEqual(await client.closed, { code: 4400, why: "the first message must be hello" });
    assert.deepEqual(server.sessions.signals, []);
  });

  test(`${name}: a client that says nothing for 10 s is let go`, async () => {
    const server = await start();
    const client = await connect(open, server);
    server.clock.advance(10_000);
    assert.equal((await client.closed).code, 4408);
  });

  test(`${name}: a network with too many conversations gets no more until one ends, its neighbours do`, async () => {
    const server = await start(undefined, { ...NETWORK_LIMITS, conversations: 1 });
    const first = await connect(open, server, { "x-forwarded-for": "203.0.113.5" });
    await assert.rejects(connect(open, server, { "x-forwarded-for": "203.0.113.6" }), /^Error: 503/);
    assert.deepEqual(server.faults, ["signal-network-full"]);
    await connect(open, server, { "x-forwarded-for": "203.0.114.5" });
    await first.send(HELLO);
    await first.next();
    const over = new Promise<void>((done) => {
      server.sessions.onChange = done;
    });
    first.close();
    await over;
    await connect(open, server, { "x-forwarded-for": "203.0.113.6" });
  });

  test(`${name}: what a network sends above its allowance is dropped, and its conversations go on`, async () => {
    const server = await start(undefined, { ...NETWORK_LIMITS, messageBurst: 2, messagesPerS: 1 });
    const client = await connect(open, server, { "x-forwarded-for": "203.0.113.5" });
    await client.send(HELLO, BYE, BYE);
    const { faults, sessions } = server;
    await until(() => faults.length > 0 || sessions.signals.length > 1, "the third message was judged");
    assert.deepEqual([faults, sessions.signals.length], [["signal-network-flood"], 1]);
    server.clock.advance(1_000);
    await client.send(BYE);
    await until(() => sessions.signals.length === 2, "the fourth message was taken");
  });

  test(`${name}: a flood is cut off after the burst`, async () => {
    const server = await start();
    const client = await connect(open, server);
    for (let i = 0; i < SIGNAL_BURST + 1; i += 20) await client.send(...Array(20).fill(HELLO));
    assert.equal((await client.closed).code, 4429);
    assert.equal(server.sessions.joined.length, SIGNAL_BURST);
    assert.deepEqual(server.faults, ["signal-flood"]);
  });

  test(`${name}: the session is left when the connection goes, and only then`, async () => {
    const server = await start();
    const client = await connect(open, server);
    await client.send(HELLO);
    await client.next();
    assert.equal(server.sessions.left, 0);
    const left = new Promise<void>((done) => {
      server.sessions.onChange = done;
    });
    client.close();
    await left;
    assert.equal(server.signal.size, 0);
  });

  test(`${name}: a client that reads nothing loses its connection at 64 KiB`, async () => {
    const server = await start();
    const client = await connect(open, server);
    await client.send(HELLO);
    await client.next();
    const sdp = "x".repeat(16_000);
    // In one turn of the event loop nothing reaches the network but what its buffers take at once.
    for (let i = 0; i < 1_000; i++) server.sessions.send({ type: "answer", attempt: i, sdp });
    await client.closed;
    assert.deepEqual(new Set(server.faults), new Set(["signal-slow"]));
  });

  test(`${name}: a page of another site is refused`, async () => {
    const server = await start();
    await assert.rejects(open(server.url, { origin: "https://evil.example" }), /403/);
    assert.deepEqual(server.faults, ["signal-origin"]);
  });

  test(`${name}: the public URL's origin is the site's own too`, async () => {
    const server = await start("https://media.example");
    const client = await open(server.url, { origin: "https://media.example" });
    await client.send(HELLO);
    assert.equal(await client.next(), WELCOME);
    client.close();
  });

  test(`${name}: garbage never ends the server, only its own conversation`, async () => {
    const server = await start();
    await fc.assert(
      fc.asyncProperty(fc.array(garbage, { maxLength: 8 }), async (messages) => {
        const client = await open(server.url, { origin: server.origin });
        await client.send(...messages);
        client.close();
      }),
      { numRuns: 60, seed: 2 },
    );
    const client = await connect(open, server);
    await client.send(HELLO);
    assert.equal(await client.next(), WELCOME);
  });
}

const garbage = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .record({ type: fc.constantFrom("hello", "offer", "candidate", "bye"), v: fc.anything(), attempt: fc.anything() })
    .map((value) => JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner)) ?? ""),
);

test("a request for another path is left to the app", async () => {
  const { origin } = await start();
  for (const path of ["/", "/__tuber/signal/", "/__tuber/signal2", "/x?/__tuber/signal"]) {
    assert.equal((await fetch(origin + path)).status, 418, path);
  }
});

test("malformed messages are dropped and counted, and the conversation goes on", async () => {
  const server = await start();
  const client = await connect(openWebSocket, server);
  await client.send("{", '{"type":"offer"}', HELLO);
  assert.equal(await client.next(), WELCOME);
  assert.deepEqual(server.faults, ["signal-malformed", "signal-malformed"]);
});

test("a WebSocket without an Origin is refused", async () => {
  const server = await start();
  await assert.rejects(openWebSocket(server.url, {}), /403/);
});

test("a WebSocket message above 64 KiB ends the connection", async () => {
  const server = await start();
  const client = await connect(openWebSocket, server);
  await client.send("x".repeat(65_537));
  assert.equal((await client.closed).code, 1009);
  assert.deepEqual(server.faults, ["signal-too-large"]);
});

test("a WebSocket whose client is gone is dropped when a ping is not answered", async () => {
  const server = await start();
  const client = await connect(openWebSocket, server);
  await client.send(HELLO);
  await client.next();
  server.clock.advance(40_000);
  assert.equal((await client.closed).code, 1006);
});

test("closing the server says goodbye to every client", async () => {
  const server = await start();
  const clients = await Promise.all([connect(openWebSocket, server), connect(openEventStream, server)]);
  server.signal.close();
  assert.deepEqual(
    (await Promise.all(clients.map((client) => client.closed))).map(({ code }) => code),
    [1001, 1005],
  );
});
