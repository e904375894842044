import type { ProxyConfig } from "../node/config-options.ts";
import { TuberError } from "../node/error.ts";
import type { Log } from "../node/log.ts";

export interface ProxyRun {
  /** Where visitors reach it. */
  readonly url: string;
  /** Drains and ends; settles within the drain time. */
  stop(): Promise<void>;
}

export interface ProxyRunOptions {
  /** uninstall-sw: inject nothing and serve the worker that removes itself. */
  readonly mode: "proxy" | "uninstall-sw";
  readonly log: Log;
}

/** Runs the whole proxy: listens, and resolves once it can be visited. */
export async function runProxy(_config: ProxyConfig, _options: ProxyRunOptions): Promise<ProxyRun> {
  throw new TuberError("shutting-down", "not composed yet");
}
