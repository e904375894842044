// What a value of the configuration may look like. Input is text (or texts, for lists) from a flag, a variable or a file; a refusal reads "… is <message>".
import ipaddr from "ipaddr.js";
import * as v from "valibot";
import { parseDurationMs, parseRateBps, parseSizeBytes } from "./units.ts";

/** Where a server listens. Host without brackets; port 0 lets the system choose. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const Text = v.pipe(v.string("not a single value"), v.nonEmpty("empty"));

/** The address of a site: scheme, host and port, nothing behind. */
export const SiteUrl = v.pipe(
  Text,
  v.rawTransform(({ dataset, addIssue, NEVER }): URL => {
    const url = parseUrl(dataset.value);
    const problem = url === undefined ? "not a URL that starts with http:// or https://" : problemOfSite(url);
    if (url !== undefined && problem === undefined) return url;
    addIssue({ message: problem ?? "not a URL" });
    return NEVER;
  }),
);

/** `HOST:PORT`, `[::1]:PORT`, or a port alone, which means `host`. */
export function listenAt(host: string) {
  return parsed((text) => parseEndpoint(text, host), "not HOST:PORT with a port from 0 to 65535");
}

/** A UDP port; 0 is refused because a router cannot forward what changes with each start. */
export const FixedPort = v.pipe(
  Text,
  v.regex(/^\d{1,5}$/, "not a port"),
  v.transform(Number),
  v.minValue(1, "not a port from 1 to 65535"),
  v.maxValue(65_535, "not a port from 1 to 65535"),
);

/** STUN servers; `none` for no server at all. */
export const StunUrls = listOf(
  v.pipe(
    v.string(),
    v.regex(/^stuns?:[^\s/:@]+(:\d{1,5})?$|^stuns?:\[[0-9a-f:.]+\](:\d{1,5})?$/i, "not stun:HOST:PORT"),
  ),
);

/** Networks in CIDR notation, or single addresses; `none` for nobody. */
export const Networks = listOf(
  v.pipe(v.string(), v.check(isNetwork, "not a network such as 10.0.0.0/8 or an address")),
);

/** A duration in milliseconds of at least `minMs`, written with its unit. */
export function duration(minMs: number, maxMs: number) {
  return v.pipe(
    parsed(parseDurationMs, "not a duration with a unit (ms, s, m, h, d)"),
    v.minValue(minMs, `shorter than ${minMs} ms`),
    v.maxValue(maxMs, `longer than ${maxMs} ms`),
  );
}

/** A size in bytes, written with its unit. */
export function size(minBytes: number, maxBytes: number) {
  return v.pipe(
    parsed(parseSizeBytes, "not a size with a unit (B, KiB, MiB, GiB, kB, MB, GB)"),
    v.minValue(minBytes, `less than ${minBytes} bytes`),
    v.maxValue(maxBytes, `more than ${maxBytes} bytes`),
  );
}

/** Bits a second, written with the unit. */
export function rate(minBps: number, maxBps: number) {
  return v.pipe(
    parsed(parseRateBps, "not a rate with a unit (kbit, Mbit, Gbit: bits a second)"),
    v.minValue(minBps, `less than ${minBps} bits a second`),
    v.maxValue(maxBps, `more than ${maxBps} bits a second`),
  );
}

/** Path prefixes; `none` for no path. */
export const PathPrefixes = listOf(v.pipe(v.string(), v.startsWith("/", "not a path that starts with /")));

/** A whole number of things. */
export function count(min: number, max: number) {
  const message = `not a whole number from ${min} to ${max}`;
  return v.pipe(
    Text,
    v.regex(/^\d{1,9}$/, message),
    v.transform(Number),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

/** A number of times, fractions allowed; `none` for no limit. */
export function factor(min: number, max: number) {
  const message = `neither a number from ${min} to ${max} nor none`;
  return parsed((text) => {
    if (text === "none") return Number.POSITIVE_INFINITY;
    const value = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : undefined;
  }, message);
}

/** One of a few words. */
export function choice<const Words extends readonly string[]>(words: Words) {
  return v.picklist(words, `none of ${words.join(", ")}`);
}

/** A path of the file system, as it was written. */
export const Path = Text;

function parsed<Value>(parse: (text: string) => Value | undefined, message: string) {
  return v.pipe(
    Text,
    v.rawTransform(({ dataset, addIssue, NEVER }): Value => {
      const value = parse(dataset.value);
      if (value !== undefined) return value;
      addIssue({ message });
      return NEVER;
    }),
  );
}

/** A list given as several texts, or as one with commas or spaces between; the word `none` is the empty list. */
function listOf<Item extends v.GenericSchema<string, string>>(item: Item) {
  return v.pipe(
    v.union([v.string(), v.array(v.string())], "not a list"),
    v.transform((input) => [input].flat().flatMap((text) => text.split(/[\s,]+/).filter((part) => part !== ""))),
    v.check((items) => items.length > 0, "empty; write none if that is meant"),
    v.transform((items) => (items.length === 1 && items[0] === "none" ? [] : items)),
    v.array(item),
  );
}

function parseUrl(text: string): URL | undefined {
  if (!/^https?:\/\//i.test(text)) return undefined;
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function problemOfSite(url: URL): string | undefined {
  if (url.username !== "" || url.password !== "") return "a URL with a password in it, which would end up in logs";
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    return "a URL with a path; only a whole site can be served";
  return undefined;
}

function parseEndpoint(text: string, fallbackHost: string): Endpoint | undefined {
  const [, bracketed, plain, digits] = /^(?:(?:\[([0-9a-f:.%]+)\]|([^\s:[\]/]+)):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return undefined;
  if (bracketed !== undefined && !ipaddr.IPv6.isValid(bracketed)) return undefined;
  return { host: bracketed ?? plain ?? fallbackHost, port };
}

function isNetwork(text: string): boolean {
  return text.includes("/") ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
}
