import { lookup } from "mrmime";
import type { Exchange } from "../exchange.ts";
import type { HeaderList } from "../header-list.ts";

/**
 * Whether this request loads a document into a window or frame: `sure` when the browser says so (Sec-Fetch-Dest), `guess` when it asks the way
 * navigations do but does not say so: plain HTTP on a LAN, old browsers, and the app's own service worker fetching a page for a
 * navigation. The body must then prove it.
 */
export type Navigation = "sure" | "guess" | "no";

const DOCUMENT_DESTINATIONS = new Set(["document", "iframe", "frame"]);

/** Set by libraries that fetch pieces of pages with a navigation's Accept. */
const FRAGMENT_HEADERS = ["x-requested-with", "hx-request", "turbo-frame", "x-pjax", "x-inertia"];

export function navigationOf(exchange: Pick<Exchange, "method" | "headers">): Navigation {
  if (!["GET", "HEAD", "POST"].includes(exchange.method)) return "no";
  const destination = exchange.headers.get("sec-fetch-dest")?.trim().toLowerCase();
  if (destination !== undefined && DOCUMENT_DESTINATIONS.has(destination)) return "sure";
  const maySayNothing = destination === undefined || (destination === "empty" && isRelayed(exchange.headers));
  return maySayNothing && asksLikeNavigation(exchange.headers) ? "guess" : "no";
}

/**
 * A service worker's `fetch(event.request)` keeps the navigation's headers but for its destination, which becomes `empty`. A page's own
 * fetch() has no Upgrade-Insecure-Requests.
 */
function isRelayed(headers: HeaderList): boolean {
  return headers.get("upgrade-insecure-requests")?.trim() === "1";
}

function asksLikeNavigation(headers: HeaderList): boolean {
  if (!/^\s*(text\/html|application\/xhtml\+xml)\b/i.test(headers.get("accept") ?? "")) return false;
  return !headers.entries().some(([name]) => isFragmentHeader(name.toLowerCase()));
}

function isFragmentHeader(name: string): boolean {
  return FRAGMENT_HEADERS.includes(name) || name.startsWith("x-up-");
}

/**
 * Whether a target's suffix says that a navigation to it shows no HTML (a picture in a tab, a PDF in a frame). Only spares such files
 * a fresh copy where a 304 or a range would do; if it is a page after all, it is treated as one when the answer says so.
 */
export function looksOpaque(target: string): boolean {
  const path = target.replace(/[?#].*$/s, "");
  const suffix = /\.([a-z0-9]+)$/i.exec(path)?.[1];
  const type = suffix === undefined ? undefined : lookup(suffix);
  return type !== undefined && /^(image|audio|video|font)\/|^application\/(pdf|zip|gzip|octet-stream)$/.test(type);
}

/**
 * A navigation gets whole documents, except where the browser goes on with something it already has and names its
 * version (a resumed download): those bytes are the app's own, and the answer, a 206, is passed untouched.
 */
export function wantsRest(headers: HeaderList): boolean {
  const condition = headers.get("if-range") ?? headers.get("if-match") ?? headers.get("if-unmodified-since");
  return condition !== undefined && !condition.trim().startsWith("W/");
}
