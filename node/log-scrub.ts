// What must not reach a log by default: who asked, with which secret, for which private query.

/** Field names whose values are never written, whoever passes them. */
const HIDDEN =
  /^(ip|address|remote-?address|peer-?address|cookies?|set-?cookie|authorization|user-?agent|session|token|secret|password|sdp|candidate|headers)$/i;
/** Field names that hold a URL or request target. */
const TARGETS = /^(url|target|path|referer|referrer|location)$/i;
/** Deeper than any field of ours; also ends a cycle. */
const MAX_DEPTH = 4;

type Fields = Readonly<Record<string, unknown>>;

/** The same fields with addresses, secrets and query values replaced; errors as plain objects. */
export function scrub(fields: Fields, depth = 0): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, scrubValue(name, value, depth)]));
}

/** `/watch?v=secret&t=1` → `/watch?v=…&t=…`: names of parameters help, values may be secrets. */
export function withoutQueryValues(target: string): string {
  const at = target.indexOf("?");
  if (at < 0) return target;
  return target.slice(0, at) + target.slice(at).replace(/=[^&#]*/g, "=…");
}

function scrubValue(name: string, value: unknown, depth: number): unknown {
  if (value === undefined || value === null) return value;
  if (HIDDEN.test(name)) return "[hidden]";
  if (value instanceof URL) return withoutQueryValues(value.href);
  if (value instanceof Error) return describeError(value, depth);
  if (typeof value === "string") return TARGETS.test(name) ? withoutQueryValues(value) : value;
  if (typeof value !== "object") return value;
  if (depth >= MAX_DEPTH) return "[deep]";
  if (Array.isArray(value)) return value.map((item: unknown) => scrubValue(name, item, depth + 1));
  return scrub({ ...value }, depth + 1);
}

function describeError(error: Error, depth: number): Fields {
  const code: unknown = "code" in error ? error.code : undefined;
  return {
    message: error.message,
    ...(code !== undefined && { code }),
    ...(error.cause instanceof Error && depth < MAX_DEPTH && { cause: describeError(error.cause, depth + 1) }),
    stack: error.stack,
  };
}
