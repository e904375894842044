import { rtcContract } from "../testing/rtc-contract.ts";
import { createWeriftHost } from "./rtc-werift.ts";

const options = { udpPort: 0, stunServers: [], log: { debug() {}, info() {}, warn() {} } };

rtcContract(() => createWeriftHost(options), { downloadBytes: 20_000_000 });
