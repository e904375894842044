import assert from "node:assert/strict";
import { test } from "node:test";
import { RtcUnavailable } from "./rtc.ts";
import { pickRtcHost, type RtcEngines } from "./rtc-pick.ts";
import { createWeriftHost } from "./rtc-werift.ts";

const warnings: string[] = [];
const log = { debug() {}, info() {}, warn: (message: string) => void warnings.push(message) };
const options = { udpPort: 0, stunServers: [], log };
const notBuilt: RtcEngines = {
  native: () => Promise.reject(new Error("Cannot find module")),
  werift: createWeriftHost,
};

test("auto takes the native engine where it loads", async () => {
  const host = await pickRtcHost("auto", options);
  assert.equal(host.kind, "native");
  await host.close();
});

test("auto takes werift where the native engine does not load, and says so", async () => {
  const host = await pickRtcHost("auto", options, notBuilt);
  assert.equal(host.kind, "werift");
  assert.deepEqual(warnings, ["native webrtc engine not available, using werift"]);
  await host.close();
});

test("native where it does not load is refused with a sentence that says what to try", async () => {
  await assert.rejects(pickRtcHost("native", options, notBuilt), {
    code: "rtc-unavailable",
    message: /try --rtc auto$/,
  });
});

test("auto does not hide a taken port behind the other engine", async () => {
  const taken = new RtcUnavailable("UDP port 1 is in use");
  await assert.rejects(pickRtcHost("auto", options, { ...notBuilt, native: () => Promise.reject(taken) }), taken);
});

test("auto where no engine loads is refused", async () => {
  const neither = { ...notBuilt, werift: () => Promise.reject(new Error("no")) };
  await assert.rejects(pickRtcHost("auto", options, neither), { code: "rtc-unavailable" });
});
