import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { freeTcpPort } from "./free-port.ts";
import { openSshTunnel, sshMissing } from "./ssh-tunnel.ts";
import { undoAfter } from "./undo.ts";

test("a site published by ssh -R is reached through the tunnel, and the tunnel's bytes are counted", {
  skip: sshMissing(),
}, async (t) => {
  const undo = undoAfter(t);
  const body = randomBytes(2_000_000);
  const server = createServer((_, res) => res.end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  undo(() => server.close());
  const publicPort = await freeTcpPort();
  const tunnel = await openSshTunnel(undo, {
    relay: undefined,
    home: undefined,
    relayHost: "127.0.0.1",
    sshPort: await freeTcpPort(),
    publicHost: "127.0.0.1",
    publicPort,
    targetHost: "127.0.0.1",
    targetPort: (server.address() as AddressInfo).port,
  });
  const before = await tunnel.bytes();
  const answer = await fetch(`http://127.0.0.1:${publicPort}/`, { headers: { connection: "close" } });
  assert.ok(Buffer.from(await answer.arrayBuffer()).equals(body));
  const carried = (await tunnel.bytes()).fromHome - before.fromHome;
  t.diagnostic(`${carried} bytes for ${body.length}`);
  assert.ok(carried > body.length && carried < body.length * 1.05, `${carried} bytes`);
});
