import type { Log } from "../node/log.ts";

/** After the drain time everything of ours must be gone; what then still holds the process is cut. */
const STOP_SLACK_MS = 500;

interface Running {
  stop(): Promise<void>;
}

/** Drains and ends the process with 0 at the first SIGTERM or SIGINT, at once at the second. `limitMs` bounds the drain. */
export function stopOnSignals(running: Running, limitMs: number, log: Log): void {
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(0);
    isStopping = true;
    log.info("stopping", { signal });
    setTimeout(() => process.exit(0), limitMs + STOP_SLACK_MS).unref();
    void running.stop().then(
      () => process.exit(0),
      (error: unknown) => fail("stopping failed", error, log),
    );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

/** A fault nobody caught is logged and ends the process: a supervisor starts a clean one, half a one helps nobody. */
export function failOnStrayErrors(log: Log): void {
  process.on("unhandledRejection", (error) => fail("unhandled rejection", error, log));
  process.on("uncaughtException", (error) => fail("uncaught exception", error, log));
}

function fail(message: string, error: unknown, log: Log): never {
  log.error(message, { error });
  process.exit(1);
}
