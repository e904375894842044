// The demo's web site as a program of its own: `node dist/demo/site-server.js [--port N] [--host ADDRESS]`; prints its URL as a line of JSON.
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { createSite } from "./site.ts";

const { values } = parseArgs({
  options: { port: { type: "string", default: "0" }, host: { type: "string", default: "127.0.0.1" } },
});
const site = createSite({ nowMs: Date.now });
site.listen(Number(values.port), values.host, () => {
  // A TCP server that listens has an AddressInfo.
  const { port } = site.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ msg: "ready", url: `http://${values.host}:${port}/` })}\n`);
});
// Started as a child with a pipe on standard input: ends with its parent, however that one ends.
if (!process.stdin.isTTY) process.stdin.resume().on("end", () => process.exit(0));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(0));
