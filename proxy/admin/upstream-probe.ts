import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import type { Clock } from "../../peer/clock.ts";

/** An app slower than this is not ready; also how long an answer is believed, so that a probe a second costs the app nothing. */
const PROBE_TIMEOUT_MS = 2_000;
const PROBE_CACHE_MS = 2_000;

/** Asks whether the upstream answers at all within 2 s; any HTTP answer will do. Answers are kept for 2 s and shared by all who ask. */
export function createUpstreamProbe(upstream: URL, clock: Clock, lookup?: LookupFunction): () => Promise<boolean> {
  let last: { readonly atMs: number; readonly answer: Promise<boolean> } | undefined;
  return () => {
    if (last === undefined || clock.nowMs() - last.atMs > PROBE_CACHE_MS) {
      last = { atMs: clock.nowMs(), answer: probe(upstream, clock, lookup) };
    }
    return last.answer;
  };
}

function probe(upstream: URL, clock: Clock, lookup: LookupFunction | undefined): Promise<boolean> {
  const request = upstream.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const asked = request(upstream, { method: "HEAD", agent: false, headers: { connection: "close" }, lookup });
    const cancel = clock.after(PROBE_TIMEOUT_MS, () => asked.destroy());
    const settle = (isReachable: boolean) => {
      cancel();
      asked.destroy();
      resolve(isReachable);
    };
    asked.on("response", () => settle(true));
    asked.on("error", () => settle(false));
    asked.on("close", () => settle(false));
    asked.end();
  });
}
