// http-proxy as shipped, with a keep-alive agent: `node bare-proxy-main.js UPSTREAM`; prints its URL.
import { Agent, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import HttpProxy from "http-proxy";

const proxy = HttpProxy.createProxyServer({ target: process.argv[2] ?? "", agent: new Agent({ keepAlive: true }) });
proxy.on("error", (_error, _req, res) => void res.destroy());
const server = createServer((req, res) => proxy.web(req, res));
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.once("SIGTERM", () => process.exit(0));
