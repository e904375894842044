/** Values that stand beside a log message. No SDP, cookie or viewer's address above `debug`. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/**
 * The log as a port: a fixed lower-case phrase and fields. `error`: a person must act; `warn`: degraded; `info`: life cycle;
 * `debug`: per message.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
