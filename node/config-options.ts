import type * as v from "valibot";
import {
  choice,
  count,
  duration,
  FixedPort,
  factor,
  listenAt,
  Networks,
  Path,
  PathPrefixes,
  rate,
  SiteUrl,
  StunUrls,
  size,
} from "./config-values.ts";
import { LOG_LEVELS } from "./log.ts";

/** One setting: everything that flags, variables, the file, the help and the documents say about it comes from here. */
export interface Option<
  Schema extends ValueSchema = ValueSchema,
  Fallback extends string | undefined = string | undefined,
> {
  readonly schema: Schema;
  /** What stands for the value in help texts. */
  readonly value: string;
  /** The default as a person would write it; undefined: none. */
  readonly fallback: Fallback;
  /** May be given more than once. */
  readonly isList?: true;
  /** A value to try when one was refused. */
  readonly example: string;
  /** One sentence without a full stop. */
  readonly help: string;
}

type ValueSchema = v.GenericSchema<string, unknown> | v.GenericSchema<string | string[], unknown>;

/** Every setting, in the order in which people are told of it. Flag `--udp-port`, variable `TUBER_UDP_PORT` and file key `udp-port` all mean `udpPort`. */
export const OPTIONS = {
  upstream: option({
    schema: SiteUrl,
    value: "URL",
    fallback: undefined,
    example: "http://localhost:8096",
    help: "The site to serve",
  }),
  listen: option({
    schema: listenAt("0.0.0.0"),
    value: "HOST:PORT",
    fallback: "0.0.0.0:8080",
    example: "0.0.0.0:8080",
    help: "Where visitors (or your tunnel) reach the site over HTTP",
  }),
  udpPort: option({
    schema: FixedPort,
    value: "PORT",
    fallback: "25300",
    example: "25300",
    help: "The UDP port media leaves by; forward it in your router so that every visitor can reach it",
  }),
  publicUrl: option({
    schema: SiteUrl,
    value: "URL",
    fallback: undefined,
    example: "https://media.example.org",
    help: "The address visitors type, if it is not the one their requests carry",
  }),
  dataDir: option({
    schema: Path,
    value: "DIR",
    fallback: "data",
    example: "/var/lib/tuber",
    help: "Where Tuber keeps what must survive a restart",
  }),
  stun: option({
    schema: StunUrls,
    value: "URL…|none",
    fallback: "stun:stun.cloudflare.com:3478 stun:stun.l.google.com:19302",
    isList: true,
    example: "stun:stun.example.org:3478",
    help: "Servers that tell a machine behind a router its public address; none on one machine or network",
  }),
  admin: option({
    schema: listenAt("127.0.0.1"),
    value: "HOST:PORT",
    fallback: "127.0.0.1:8081",
    example: "127.0.0.1:8081",
    help: "Where /healthz, /readyz, /status and /metrics answer; keep it private",
  }),
  rtc: option({
    schema: choice(["auto", "native", "werift"]),
    value: "native|werift|auto",
    fallback: "auto",
    example: "auto",
    help: "The WebRTC engine; auto takes the native one where it exists",
  }),
  trustedProxies: option({
    schema: Networks,
    value: "CIDR…|none",
    fallback: "none",
    isList: true,
    example: "127.0.0.1/32",
    help: "Networks of your own tunnel or proxy, whose X-Forwarded-* headers are believed",
  }),
  minSize: option({
    schema: size(0, 2 ** 40),
    value: "SIZE",
    fallback: "64KiB",
    example: "64KiB",
    help: "Media smaller than this stays on HTTP, where it is faster",
  }),
  maxLinks: option({
    schema: count(1, 100_000),
    value: "COUNT",
    fallback: "500",
    example: "500",
    help: "Visitors linked at the same time; more are served over HTTP",
  }),
  sharing: option({
    schema: choice(["auto", "off"]),
    value: "auto|off",
    fallback: "auto",
    example: "auto",
    help: "auto lets visitors pass public streams, films and downloads on to each other; off keeps them apart",
  }),
  minViewers: option({
    schema: count(1, 100_000),
    value: "COUNT",
    fallback: "3",
    example: "3",
    help: "Visitors of one stream or file below which nobody passes anything on",
  }),
  uploadRatio: option({
    schema: factor(0.1, 1_000),
    value: "FACTOR|none",
    fallback: "4",
    example: "1.5",
    help: "A visitor sends others at most so many times what it took itself",
  }),
  serve: option({
    schema: choice(["peers-first", "origin-first"]),
    value: "peers-first|origin-first",
    fallback: "peers-first",
    example: "peers-first",
    help: "origin-first has this machine serve everybody while its uplink has room, and only then lets visitors help",
  }),
  privatePaths: option({
    schema: PathPrefixes,
    value: "PATH…|none",
    fallback: "none",
    isList: true,
    example: "/members/",
    help: "Beginnings of paths that visitors never pass on to each other, however public they look",
  }),
  liveMemory: option({
    schema: size(2 ** 20, 2 ** 40),
    value: "SIZE",
    fallback: "64MiB",
    example: "64MiB",
    help: "Memory for the newest segments of live streams, and as much again for parts of films and downloads",
  }),
  uplink: option({
    schema: rate(1e5, 1e12),
    value: "RATE",
    fallback: undefined,
    example: "20Mbit",
    help: "What this machine can send, in bits a second; it is not measured: unless told, Tuber plans with 20Mbit",
  }),
  answerTimeout: option({
    schema: duration(100, 3_600_000),
    value: "TIME",
    fallback: "2m",
    example: "2m",
    help: "How long the site may take to begin an answer",
  }),
  drainTime: option({
    schema: duration(0, 600_000),
    value: "TIME",
    fallback: "4s",
    example: "4s",
    help: "How long running answers may go on after a request to stop",
  }),
  logLevel: option({
    schema: choice(LOG_LEVELS),
    value: "LEVEL",
    fallback: "info",
    example: "info",
    help: "debug, info, warn, error or silent",
  }),
};

export type OptionName = keyof typeof OPTIONS;

/** Every setting with its value: durations in ms, sizes in bytes, URLs parsed. */
export type Config = { readonly [Name in OptionName]: ValueOf<(typeof OPTIONS)[Name]> };

type ValueOf<Of> =
  Of extends Option<infer Schema, infer Fallback>
    ? v.InferOutput<Schema> | (Fallback extends string ? never : undefined)
    : never;

/** Settings with a site to serve. */
export type ProxyConfig = Config & { readonly upstream: URL };

/** Names of all settings, in the order of the table. */
export const OPTION_NAMES = Object.keys(OPTIONS).filter((name): name is OptionName => name in OPTIONS);

/** `udpPort` → `udp-port`: the name of its flag and of its key in the file. */
export function keyOf(name: OptionName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `udpPort` → `TUBER_UDP_PORT`. */
export function variableOf(name: OptionName): string {
  return `TUBER_${keyOf(name).replaceAll("-", "_").toUpperCase()}`;
}

/** The setting with this flag or file key. */
export function optionOfKey(key: string): OptionName | undefined {
  return OPTION_NAMES.find((name) => keyOf(name) === key);
}

function option<const Schema extends ValueSchema, const Fallback extends string | undefined>(
  facts: Option<Schema, Fallback>,
): Option<Schema, Fallback> {
  return facts;
}
