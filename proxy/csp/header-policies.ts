import type { HeaderList } from "../header-list.ts";
import { type Policy, parsePolicies } from "./policy.ts";

const ENFORCED = "Content-Security-Policy";
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
 * The source that allows what is ours on this page's host and nothing else, or undefined if the host cannot stand in a policy (IPv6).
 * Without a scheme: browsers then take the page's own, which a proxy behind a tunnel cannot know.
 */
export function ownSource(requestHeaders: HeaderList, prefix: string): string | undefined {
  const host = (requestHeaders.get("x-forwarded-host") ?? requestHeaders.get("host") ?? "").split(",")[0]?.trim() ?? "";
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?(:\d{1,5})?$/i.test(host) ? `${host}${prefix}` : undefined;
}
