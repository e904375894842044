import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { Readable, Transform } from "node:stream";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { deferred } from "../../testing/raw-deferred.ts";
import { valuesOf } from "../../testing/raw-requests.ts";
import { type Rig, rawAnswer, startRig } from "../../testing/raw-rig.ts";
import type { Answer, Rule } from "../exchange.ts";
import { createProxyServer, type ProxyServerOptions } from "./proxy-server.ts";

function rig(t: TestContext, rules: Rule[], options: Partial<ProxyServerOptions> = {}): Promise<Rig> {
  return startRig(t, (upstream) => createProxyServer({ upstream, rules, ...options }), {
    answer: (_request, socket) => socket.write(rawAnswer("body", "X-App: 1\r\n")),
  });
}

function shouting(name: string, mark: string): Rule {
  return {
    name,
    onRequest: (exchange) => exchange.headers.append("X-Seen-By", mark),
    onAnswer: (_exchange, answer) => {
      answer.headers.delete("content-length");
      const body = new Transform({ transform: (chunk, _encoding, done) => done(null, `${chunk}${mark}`) });
      return { ...answer, body: answer.body.pipe(body) };
    },
  };
}

test("rules see request and answer in their order, each the former's result", async (t) => {
  const using = await rig(t, [shouting("one", "1"), shouting("two", "2")]);
  assert.match(await using.ask("GET /"), /\r\n6\r\nbody12\r\n0\r\n\r\n$/);
  const [request] = using.seen;
  assert.ok(request);
  assert.deepEqual(valuesOf(request, "x-seen-by"), ["1", "2"]);
});

test("a rule that throws is counted and leaves no trace", async (t) => {
  const faults: string[] = [];
  const broken: Rule = {
    name: "broken",
    onRequest: ({ headers }) => {
      headers.delete("host");
      throw new Error("on request");
    },
    onAnswer: (_exchange, { headers }) => {
      headers.delete("x-app");
      throw new Error("on answer");
    },
  };
  const using = await rig(t, [broken], { onFault: (kind) => faults.push(kind) });
  assert.match(await using.ask("GET /"), /X-App: 1\r\n.*body$/s);
  const [request] = using.seen;
  assert.ok(request);
  assert.deepEqual(valuesOf(request, "host"), ["site.test"]);
  assert.deepEqual(faults, ["rule-broken", "rule-broken"]);
});

test("a rule that takes the answer owns response and body, even when the client leaves; later rules are not asked", async (t) => {
  const taken = deferred<Answer>();
  const asked = deferred<Socket>();
  const taking: Rule = {
    name: "taking",
    onAnswer: (exchange, answer) => {
      exchange.res.writeHead(200, { "Content-Length": "5" }).write("note");
      taken.resolve(answer);
      return "taken";
    },
  };
  const later: Rule = {
    name: "later",
    onAnswer: () => {
      throw new Error("asked");
    },
  };
  const using = await startRig(t, (upstream) => createProxyServer({ upstream, rules: [taking, later] }), {
    answer: (_request, socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
      asked.resolve(socket);
    },
  });
  const connected = once(using.proxy.server, "connection");
  const client = await using.open("GET / HTTP/1.1\r\nHost: site.test\r\n\r\n");
  const [connection] = await connected;
  await client.until("note");
  client.reset();
  await new Promise((resolve) => connection.once("close", resolve));
  (await asked.promise).write("-last");
  assert.equal(await text((await taken.promise).body), "first-last");
});

test("a taken body fails when the app dies in the middle", async (t) => {
  const taken = deferred<Readable>();
  const taking: Rule = {
    name: "taking",
    onAnswer: ({ res }, { body }) => {
      res.end("note");
      taken.resolve(body);
      return "taken";
    },
  };
  const using = await startRig(t, (upstream) => createProxyServer({ upstream, rules: [taking] }), {
    onSocket: (socket) => {
      socket.once("data", async () => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst");
        const body = await taken.promise;
        body.once("readable", () => socket.resetAndDestroy());
      });
    },
  });
  await using.ask("GET /");
  const body = await taken.promise;
  await assert.rejects(text(body));
});

test("a changed body that fails breaks the client's connection", async (t) => {
  const failing: Rule = {
    name: "failing",
    onAnswer: (_exchange, answer) => {
      const body = new Readable({ read() {} });
      body.push("first");
      answer.body.resume().once("end", () => body.destroy(new Error("no more")));
      answer.headers.delete("content-length");
      return { ...answer, body };
    },
  };
  const using = await rig(t, [failing]);
  const client = await using.open("GET / HTTP/1.1\r\nHost: site.test\r\n\r\n");
  await client.closed;
  assert.doesNotMatch(client.received, /\r\n0\r\n/);
});

test("a client that leaves destroys a changed body and the app's request", async (t) => {
  const changed = deferred<Readable>();
  const changing: Rule = {
    name: "changing",
    onAnswer: (_exchange, answer) => {
      const body = new Readable({ read() {} });
      body.push("first");
      changed.resolve(body);
      return { ...answer, body };
    },
  };
  const using = await startRig(t, (upstream) => createProxyServer({ upstream, rules: [changing] }), {
    answer: (_request, socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst"),
  });
  const client = await using.open("GET / HTTP/1.1\r\nHost: site.test\r\n\r\n");
  await client.until("first");
  client.reset();
  const body = await changed.promise;
  if (!body.destroyed) await once(body, "close");
  await using.app.idle();
});

test("a header that a rule made unsendable gives a 502, never a crash", async (t) => {
  const rule: Rule = {
    name: "bad",
    onAnswer: (_exchange, answer) => {
      answer.headers.append("X-Bad", "a\r\nb");
      return answer;
    },
  };
  const using = await rig(t, [rule]);
  assert.match(await using.ask("GET /"), /^HTTP\/1.1 502 /);
});

test("an answer that Node refuses to write gives a 502, never a crash", async (t) => {
  const faults: string[] = [];
  const rule: Rule = { name: "odd", onAnswer: (_exchange, answer) => ({ ...answer, status: 42 }) };
  const using = await rig(t, [rule], { onFault: (kind) => faults.push(kind) });
  assert.match(await using.ask("GET /"), /^HTTP\/1.1 502 /);
  assert.ok(faults.includes("internal"));
});

test("a rule that throws in the middle of its own answer costs the connection, never the process", async (t) => {
  const rule: Rule = {
    name: "half",
    onAnswer: ({ res }) => {
      res.writeHead(200, { "Content-Length": "100" }).write("half");
      throw new Error("a bug");
    },
  };
  const using = await rig(t, [rule]);
  assert.doesNotMatch(await using.ask("GET /"), /body/);
});

test("the reserved path is answered by us when we do, by the app when we do not", async (t) => {
  const own: ProxyServerOptions["own"] = (req, res) => {
    if (req.url !== "/__tuber/ours") return false;
    res.end("ours");
    return true;
  };
  const using = await rig(t, [], { own });
  assert.match(await using.ask("GET /__tuber/ours"), /ours/);
  assert.match(await using.ask("GET /__tuber/theirs"), /body$/);
});

test("an answer of our own that throws costs one request only", async (t) => {
  const own: ProxyServerOptions["own"] = () => {
    throw new Error("a bug");
  };
  const using = await rig(t, [], { own });
  assert.match(await using.ask("GET /__tuber/"), /^HTTP\/1.1 502 /);
  assert.match(await using.ask("GET /"), /body$/);
});
