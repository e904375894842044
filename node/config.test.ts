import assert from "node:assert/strict";
import test from "node:test";
import { type ConfigInputs, loadConfig } from "./config.ts";
import { keyOf, OPTION_NAMES, OPTIONS } from "./config-options.ts";
import { TuberError } from "./error.ts";

const NOTHING: ConfigInputs = { flags: {}, env: {} };

function load(inputs: Partial<ConfigInputs> & { yaml?: string }) {
  const { yaml, ...rest } = inputs;
  return loadConfig({ ...NOTHING, ...rest, ...(yaml !== undefined && { file: { path: "tuber.yaml", text: yaml } }) });
}

function refusal(inputs: Parameters<typeof load>[0]): string {
  try {
    load(inputs);
  } catch (error) {
    assert.ok(error instanceof TuberError);
    assert.equal(error.code, "config-invalid");
    return error.message;
  }
  throw new assert.AssertionError({ message: "nothing was refused" });
}

test("without any input every setting has its default", () => {
  const { config, sources } = loadConfig(NOTHING);
  assert.deepEqual(config.listen, { host: "0.0.0.0", port: 8080 });
  assert.deepEqual(config.admin, { host: "127.0.0.1", port: 8081 });
  assert.equal(config.udpPort, 25_300);
  assert.equal(config.upstream, undefined);
  assert.equal(config.minSize, 65_536);
  assert.deepEqual(config.trustedProxies, []);
  assert.equal(config.stun.length, 2);
  assert.deepEqual([...new Set(Object.values(sources))], ["default"]);
});

test("a flag beats a variable, a variable the file, the file the default", () => {
  const yaml = "udp-port: 1\nlisten: 127.0.0.1:1\nmax-links: 1\n";
  const env = { TUBER_UDP_PORT: "2", TUBER_LISTEN: "127.0.0.1:2" };
  const { config, sources } = load({ flags: { udpPort: "3" }, env, yaml });
  assert.deepEqual([config.udpPort, config.listen.port, config.maxLinks, config.drainTime], [3, 2, 1, 4_000]);
  assert.deepEqual(
    [sources.udpPort, sources.listen, sources.maxLinks, sources.drainTime],
    ["flag", "variable", "file", "default"],
  );
});

test("lists may be repeated, separated or a YAML list, and none empties them", () => {
  const two = ["stun:a:1", "stun:b:2"];
  assert.deepEqual(load({ flags: { stun: two } }).config.stun, two);
  assert.deepEqual(load({ env: { TUBER_STUN: "stun:a:1, stun:b:2" } }).config.stun, two);
  assert.deepEqual(load({ yaml: "stun: [stun:a:1, stun:b:2]" }).config.stun, two);
  assert.deepEqual(load({ flags: { stun: "none" } }).config.stun, []);
  assert.deepEqual(load({ flags: { trustedProxies: "10.0.0.0/8,::1" } }).config.trustedProxies, ["10.0.0.0/8", "::1"]);
});

test("an unknown key or variable is refused with the one that was meant", () => {
  assert.equal(refusal({ yaml: "upd-port: 1" }), 'tuber.yaml has an unknown key "upd-port"; did you mean "udp-port"?');
  assert.match(refusal({ yaml: "udpPort: 1" }), /did you mean "udp-port"\?$/);
  assert.match(refusal({ yaml: "colour: red" }), /unknown key "colour"; see tuber.sample.yaml/);
  assert.match(refusal({ env: { TUBER_UPSTREEM: "x" } }), /TUBER_UPSTREEM; did you mean TUBER_UPSTREAM\?$/);
  assert.match(refusal({ env: { TUBER_COLOUR: "red" } }), /TUBER_COLOUR; tuber --help/);
});

test("other programs' variables, empty ones and Kubernetes' service links are left alone", () => {
  const links = { TUBER_SERVICE_HOST: "10.0.0.1", TUBER_PORT: "tcp://10.0.0.1:80", TUBER_PORT_80_TCP_PORT: "80" };
  const { config } = load({ env: { PATH: "x", TUBER_UPSTREAM: "", TUBER_CONFIG: "y", ...links } });
  assert.equal(config.upstream, undefined);
});

test("a bad value is refused with where it stands, what is wrong and what to try", () => {
  assert.equal(refusal({ flags: { udpPort: "abc" } }), '--udp-port: "abc" is not a port; try 25300.');
  assert.equal(
    refusal({ env: { TUBER_UDP_PORT: "0" } }),
    'TUBER_UDP_PORT: "0" is not a port from 1 to 65535; try 25300.',
  );
  assert.match(refusal({ yaml: "drain-time: 4" }), /^drain-time in tuber.yaml: "4" is not a duration with a unit/);
  assert.match(refusal({ flags: { upstream: "localhost:8096" } }), /; try http:\/\/localhost:8096\.$/);
});

const BAD: Readonly<Record<string, readonly string[]>> = {
  upstream: ["", "ftp://a", "http://", "http://a/base", "http://a?x", "http://u:p@a", "/x", "http://a b"],
  listen: ["", "a", "a:b", "1.2.3.4:65536", "[::1]", "[zz]:80", "::1:80", "http://a:80", ":80"],
  udpPort: ["", "-1", "65536", "1.5", "0x10", " 1"],
  stun: ["", "stun.example.org", "turn:a:1", "stun:", "stun:a:1 nonsense", "none stun:a:1"],
  rtc: ["", "NATIVE", "libwebrtc"],
  trustedProxies: ["", "10.0.0.0/33", "example.org", "10.0.0.256"],
  minSize: ["", "64", "64K", "-1B", "2TiB"],
  maxLinks: ["", "0", "-1", "1e3", "100001"],
  answerTimeout: ["", "15", "0s", "2h"],
  drainTime: ["", "4", "1d"],
  logLevel: ["", "trace", "INFO"],
  dataDir: [""],
};

for (const [option, values] of Object.entries(BAD)) {
  test(`${option} takes no nonsense`, () => {
    for (const value of values)
      assert.match(refusal({ flags: { [option]: value } }), /^--[a-z-]+: ".*" is .+; try .+\.$/);
  });
}

test("the default and the example of every setting are good values", () => {
  for (const name of OPTION_NAMES) {
    for (const text of [OPTIONS[name].fallback, OPTIONS[name].example]) {
      if (text !== undefined) assert.doesNotThrow(() => load({ env: envOf(name, text) }), `${keyOf(name)} ${text}`);
    }
  }
});

function envOf(name: string, value: string): Record<string, string> {
  return { [`TUBER_${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`]: value };
}

test("an address without a host means every interface for visitors and this machine for the operator", () => {
  const { config } = load({ flags: { listen: "80", admin: "81" } });
  assert.deepEqual([config.listen.host, config.admin.host], ["0.0.0.0", "127.0.0.1"]);
  assert.deepEqual(load({ flags: { listen: "[::1]:80" } }).config.listen, { host: "::1", port: 80 });
});

test("two listeners on one port are refused", () => {
  assert.match(
    refusal({ flags: { listen: "127.0.0.1:9", admin: "127.0.0.1:9" } }),
    /both want port 9; .*--admin 127.0.0.1:10/,
  );
  assert.doesNotThrow(() => load({ flags: { listen: "127.0.0.1:0", admin: "127.0.0.1:0" } }));
});

test("a file that is no list of settings is refused in one sentence", () => {
  assert.match(refusal({ yaml: "a: [" }), /^tuber.yaml is not valid YAML: [^\n]+$/);
  assert.match(refusal({ yaml: "- a" }), /^tuber.yaml must hold lines/);
  assert.match(refusal({ yaml: "listen:" }), /^listen in tuber.yaml has no usable value/);
  assert.match(refusal({ yaml: "listen: {a: b}" }), /^listen in tuber.yaml has no usable value/);
  assert.match(refusal({ yaml: "listen: 1:2\nlisten: 1:3" }), /not valid YAML/);
  assert.doesNotThrow(() => load({ yaml: "" }));
});

test("numbers need no quotes in the file", () => {
  assert.equal(load({ yaml: "udp-port: 4000" }).config.udpPort, 4_000);
});
