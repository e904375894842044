import type { Writable } from "node:stream";
import { type DestinationStream, pino } from "pino";
import pretty from "pino-pretty";
import { scrub } from "./log-scrub.ts";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

type Fields = Readonly<Record<string, unknown>>;

/**
 * What the program says about itself: a fixed lower-case phrase, the changing parts as fields.
 * error = a person must act, warn = degraded, info = life cycle, debug = each message.
 */
export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** For people rather than machines; default: when standard output is a terminal. */
  readonly pretty?: boolean;
  /** Where lines go; default standard output. */
  readonly destination?: Writable;
}

/** A log of JSON lines, or of coloured ones on a terminal. Addresses, cookies and query values are cut from it. */
export function createLog(options: LogOptions): Log {
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destinationOf(options),
  );
  const write = (level: Exclude<LogLevel, "silent">) => (message: string, fields?: Fields) =>
    fields === undefined ? logger[level](message) : logger[level](scrub(fields), message);
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

function destinationOf(options: LogOptions): DestinationStream {
  const isPretty = options.pretty ?? process.stdout.isTTY === true;
  if (!isPretty) return options.destination ?? pino.destination(1);
  return pretty({
    sync: true,
    translateTime: "SYS:HH:MM:ss",
    ...(options.destination && { destination: options.destination }),
  });
}
