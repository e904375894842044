import type { HeaderList } from "../header-list.ts";
import { cgiName } from "./header-rules.ts";

/** Who sent a request and how, as far as the proxy itself can see. */
export interface Sender {
  readonly address: string;
  readonly isTrusted: boolean;
  readonly scheme: "http" | "https";
}

/**
 * X-Forwarded-For, -Proto and -Host for the app. A trusted peer's own are kept and its address appended; anybody else's,
 * `Forwarded` and `X-Real-IP` included, are discarded. Spellings with `_` are discarded always: a tunnel passes them
 * on unread, and CGI, WSGI and PHP take them for the real ones.
 */
export function writeForwarded(headers: HeaderList, sender: Sender): void {
  const names = headers.entries().map(([name]) => name);
  headers.delete(...names.filter((name) => saysOrigin(name) && (!sender.isTrusted || name.includes("_"))));
  const earlier = headers.get("x-forwarded-for");
  headers.set("X-Forwarded-For", earlier ? `${earlier}, ${sender.address}` : sender.address);
  if (!headers.has("x-forwarded-proto")) headers.append("X-Forwarded-Proto", sender.scheme);
  const host = headers.get("host");
  if (!headers.has("x-forwarded-host") && host) headers.append("X-Forwarded-Host", host);
}

function saysOrigin(name: string): boolean {
  const key = cgiName(name);
  return key === "forwarded" || key === "x-real-ip" || key === "x-forwarded" || key.startsWith("x-forwarded-");
}
