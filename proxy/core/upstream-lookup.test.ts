import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { type TestContext, test } from "node:test";
import { TestClock } from "../../testing/clock.ts";
import { undoAfter } from "../../testing/undo.ts";
import { createAppTarget } from "./app-target.ts";
import { reaches } from "./own-listener.ts";
import { UpstreamAddresses } from "./upstream-addresses.ts";
import { lookupIn } from "./upstream-lookup.ts";

async function startApp(t: TestContext, host: string, port: number): Promise<number> {
  const server = createServer((_req, res) => res.end(host)).listen(port, host);
  undoAfter(t)(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

test("connections go where DNS says the app is now, and to its next address where the first refuses", async (t) => {
  const port = await startApp(t, "127.0.0.2", 0);
  await startApp(t, "127.0.0.3", port);
  const clock = new TestClock();
  const dns = { addresses: ["127.0.0.2"] };
  const resolve = async () => dns.addresses.map((address) => ({ address, family: 4 }));
  const lookup = lookupIn(new UpstreamAddresses({ clock, resolve, isOwn: () => false }));
  const app = createAppTarget(new URL(`http://app.test:${port}`), { lookup });
  undoAfter(t)(() => app.close());
  const ask = () =>
    new Promise<string>((done, fail) => {
      const outgoing = app.open({ method: "GET", target: "/", headers: ["Host", "app.test"], fresh: true });
      outgoing.on("response", (res) => res.setEncoding("utf8").once("data", done));
      outgoing.on("error", fail);
      outgoing.end();
    });
  assert.equal(await ask(), "127.0.0.2");
  dns.addresses = ["127.0.0.4", "127.0.0.3"];
  clock.advance(5_000);
  assert.equal(await ask(), "127.0.0.3");
});

test("an address reaches us if we listen there, or everywhere on its machine", async (t) => {
  const listening = async (host: string) => {
    const server = createTcpServer().listen(0, host);
    undoAfter(t)(() => server.close());
    await once(server, "listening");
    return { server, port: (server.address() as AddressInfo).port };
  };
  const one = await listening("127.0.0.1");
  assert.equal(reaches(one.server, one.port, "127.0.0.1"), true);
  assert.equal(reaches(one.server, one.port, "::ffff:127.0.0.1"), true);
  assert.equal(reaches(one.server, one.port, "127.0.0.2"), false);
  assert.equal(reaches(one.server, one.port + 1, "127.0.0.1"), false);
  const all = await listening("0.0.0.0");
  assert.equal(reaches(all.server, all.port, "127.0.0.2"), true);
  assert.equal(reaches(all.server, all.port, "0.0.0.0"), true);
  assert.equal(reaches(all.server, all.port, "192.0.2.7"), false);
  assert.equal(reaches(all.server, all.port, "::1"), false);
});
