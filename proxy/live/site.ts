import type { Exchange } from "../exchange.ts";

/** The site a request was for: an app may serve several names, and each its own contents. */
export interface Site {
  /** Two requests with the same key are for the same site. */
  readonly key: string;
  /** Host (and port) as viewers see it. */
  readonly host: string;
  /** What the app must be sent to mean this site: Host, X-Forwarded-Host, X-Forwarded-Proto. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const NAMES = ["Host", "X-Forwarded-Host", "X-Forwarded-Proto"];

export function siteOf({ headers }: Pick<Exchange, "headers">): Site {
  const entries = NAMES.map((name) => [name, headers.get(name) ?? ""] as const).filter(([, value]) => value !== "");
  const host = headers.get("x-forwarded-host") ?? headers.get("host") ?? "";
  return { key: entries.flat().join("\n"), host, headers: entries };
}
