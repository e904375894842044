import { type RtcHost, type RtcOptions, RtcUnavailable } from "./rtc.ts";

/** What the operator asked for; `auto` is native, or werift where no native build exists. */
export type RtcChoice = "native" | "werift" | "auto";

/** How each engine is loaded and started: only the one that is used is loaded. */
export interface RtcEngines {
  native(options: RtcOptions): Promise<RtcHost>;
  werift(options: RtcOptions): Promise<RtcHost>;
}

const ENGINES: RtcEngines = {
  native: async (options) => (await import("./rtc-native.ts")).createNativeHost(options),
  werift: async (options) => (await import("./rtc-werift.ts")).createWeriftHost(options),
};

/** The engine asked for, started. Throws {@link RtcUnavailable}: a taken port, or no engine that loads. */
export async function pickRtcHost(choice: RtcChoice, options: RtcOptions, engines = ENGINES): Promise<RtcHost> {
  if (choice !== "auto") return await start(choice, options, engines);
  try {
    return await engines.native(options);
  } catch (error) {
    if (error instanceof RtcUnavailable) throw error;
    options.log.warn("native webrtc engine not available, using werift", { why: String(error) });
    return await start("werift", options, engines);
  }
}

async function start(kind: "native" | "werift", options: RtcOptions, engines: RtcEngines): Promise<RtcHost> {
  try {
    return await engines[kind](options);
  } catch (error) {
    if (error instanceof RtcUnavailable) throw error;
    throw new RtcUnavailable(`the ${kind} WebRTC engine cannot be loaded (${String(error)}); try --rtc auto`);
  }
}
