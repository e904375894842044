import assert from "node:assert/strict";
import test from "node:test";
import { loadConfig } from "../node/config.ts";
import { explainFailure } from "./explain.ts";

const { config } = loadConfig({ flags: {}, env: {} });
const fault = (code: string, more: object) => Object.assign(new Error(`${code} raw words`), { code, ...more });

test("a port in use is named with the flag that chooses it", () => {
  const flags = { 8080: "--listen", 8081: "--admin", 25300: "--udp-port" };
  for (const [port, flag] of Object.entries(flags)) {
    const words = explainFailure(fault("EADDRINUSE", { port: Number(port) }), config);
    assert.equal(words, `Port ${port} is in use; stop what uses it, or choose another with ${flag}.`);
  }
});

test("a port below 1024 and an address of another machine are explained", () => {
  assert.match(explainFailure(fault("EACCES", { port: 80 }), config), /Port 80 needs more rights/);
  assert.match(
    explainFailure(fault("EADDRNOTAVAIL", { address: "1.2.3.4", port: 8080 }), config),
    /no address 1\.2\.3\.4/,
  );
});

test("anything else speaks for itself", () => {
  assert.equal(explainFailure(new Error("words"), config), "words");
  assert.equal(explainFailure("text", undefined), "text");
});
