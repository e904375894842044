import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { test } from "node:test";
import { rtcContract } from "../testing/rtc-contract.ts";
import { createNativeHost } from "./rtc-native.ts";

const options = { udpPort: 0, stunServers: [], log: { debug() {}, info() {}, warn() {} } };

rtcContract(() => createNativeHost(options), { downloadBytes: 20_000_000 });

test("a UDP port in use is refused with a sentence that says what to do", async () => {
  const socket = createSocket("udp4");
  await new Promise<void>((done) => socket.bind(0, done));
  const udpPort = socket.address().port;
  await assert.rejects(createNativeHost({ ...options, udpPort }), {
    code: "rtc-unavailable",
    message: `UDP port ${udpPort} is in use; choose another with --udp-port`,
  });
  socket.close();
});
