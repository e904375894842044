import type { HeaderList } from "../header-list.ts";
import { type Policy, parsePolicies } from "./policy.ts";

const ENFORCED = "Content-Security-Policy";
const HOST = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?(:\d{1,5})?$/i;
const REPORTED = "Content-Security-Policy-Report-Only";

/** The policies a response enforces, to be mended in place and written back. Lines that no browser would understand are not among them. */
export class HeaderPolicies {
  readonly all: readonly Policy[];
  /** Policies that only report: never changed. */
  readonly reported: readonly Policy[];
  readonly #headers: HeaderList;
  readonly #lines: readonly (string | readonly Policy[])[];
  readonly #before: string;

  constructor(headers: HeaderList) {
    this.#headers = headers;
    const values = headers.getAll(ENFORCED);
    this.#before = values.join("\n");
    this.#lines = values.map((value) => parsePolicies(value) ?? value);
    this.all = this.#lines.flatMap((line) => (typeof line === "string" ? [] : line));
    this.reported = headers.getAll(REPORTED).flatMap((value) => parsePolicies(value) ?? []);
  }

  /** Puts the mended policies into the response; true if anything changed. */
  write(): boolean {
    const lines = this.#lines.map((line) => (typeof line === "string" ? line : line.join(",")));
    if (lines.join("\n") === this.#before) return false;
    this.#headers.delete(ENFORCED);
    for (const line of lines) this.#headers.append(ENFORCED, line);
    return true;
  }
}

/**
 * What allows our own files on this page's host and nothing else (two sources, parted by a space, where `publicHost` is another
 * one: what stands before us may have put its own name into the request), or undefined if no such host can stand in a policy
 * (IPv6). Without a scheme: browsers then take the page's own, which a proxy behind a tunnel cannot know.
 */
export function ownSource(requestHeaders: HeaderList, prefix: string, publicHost?: string): string | undefined {
  const asked =
    (requestHeaders.get("x-forwarded-host") ?? requestHeaders.get("host") ?? "").split(",")[0]?.trim() ?? "";
  const hosts = [...new Set([asked, publicHost ?? ""])].filter((host) => HOST.test(host));
  return hosts.length > 0 ? hosts.map((host) => host + prefix).join(" ") : undefined;
}
