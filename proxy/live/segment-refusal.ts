import CachePolicy from "http-cache-semantics";
import { isDeliverableType } from "../../protocol/media.ts";
import { listTokens } from "../core/header-rules.ts";
import type { HeaderList } from "../header-list.ts";

/** Why a segment stays between the origin and each viewer. */
export type SegmentRefusal =
  | "coding"
  | "cookie"
  | "empty"
  | "failed"
  | "head"
  | "private"
  | "private-path"
  | "signed-url"
  | "size"
  | "status"
  | "type"
  | "vary";

/** Answers differ by these for reasons that one site's viewers share; `vary` by anything else may mean another body for another viewer. */
const HARMLESS_VARY = new Set([
  "accept-encoding",
  "access-control-request-headers",
  "access-control-request-method",
  "origin",
  "range",
]);
/** Made for one viewer. */
const PERSONAL = ["set-cookie", "set-cookie2", "www-authenticate", "clear-site-data"];
/** Each of these may forbid a shared cache to keep the answer, whatever the others say. */
const CACHE_HEADERS = ["cache-control", "cdn-cache-control", "surrogate-control"];

/** The app's answer to a stranger, as far as its head tells. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: HeaderList;
}

/**
 * Why the app's answer to a stranger may not be given to other viewers, as far as its head tells; undefined: it may. A failing check
 * refuses, and so does what cannot be read.
 */
export function segmentRefusal({ status, headers }: AnswerHead): SegmentRefusal | undefined {
  return status === 200 ? contentRefusal(headers) : "status";
}

/** The same, of a success. */
export function contentRefusal(headers: HeaderList): SegmentRefusal | undefined {
  if (!isDeliverableType(headers.get("content-type") ?? "", headers.get("content-disposition") ?? "")) return "type";
  const codings = listTokens(headers.get("content-encoding"));
  if (codings.some((coding) => coding !== "identity")) return "coding";
  if (PERSONAL.some((name) => headers.has(name))) return "cookie";
  if (CACHE_HEADERS.some((name) => forbidsSharing(headers.get(name)))) return "private";
  return listTokens(headers.get("vary")).every((name) => HARMLESS_VARY.has(name)) ? undefined : "vary";
}

/** A 200 without cookies that a shared cache must not store is one with `no-store` or `private` in it. */
function forbidsSharing(value: string | undefined): boolean {
  if (value === undefined) return false;
  const response = { status: 200, headers: { "cache-control": value.toLowerCase() } };
  return !new CachePolicy({ method: "GET", headers: {} }, response, { shared: true }).storable();
}

/** Whether a URL lies under one of these paths, however it is spelt; one that cannot be read does. */
export function isUnder(prefixes: readonly string[], target: string): boolean {
  if (prefixes.length === 0) return false;
  try {
    const path = decodeURIComponent(target.split("?", 1)[0] ?? "").replace(/\/{2,}/g, "/");
    return prefixes.some((prefix) => path.toLowerCase().startsWith(prefix.toLowerCase()));
  } catch {
    return true;
  }
}

/** Names of query values with which a URL opens a door for one visitor, and that only for a while. */
const KEYS_IN_URL =
  /^(x-amz-.*|x-goog-.*|signature|sig|policy|key-pair-id|token|.*[-_]token|hdnea|hdnts|md5|expires|jwt|auth|api_?key|(play)?session_?id|sid|device_?id)$/i;

/** Whether a URL carries a key made for one visitor: others have other URLs, and it opens nothing later. */
export function isSignedUrl(target: string): boolean {
  const at = target.indexOf("?");
  return at >= 0 && [...new URLSearchParams(target.slice(at)).keys()].some((name) => KEYS_IN_URL.test(name));
}

/** Why a stranger is not even asked for this URL: it lies under a private path, or opens only with the key in it. */
export function targetRefusal(privatePaths: readonly string[], target: string): SegmentRefusal | undefined {
  if (isUnder(privatePaths, target)) return "private-path";
  return isSignedUrl(target) ? "signed-url" : undefined;
}
