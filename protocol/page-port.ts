import type { SessionId } from "./ids.ts";
import type { Note } from "./note.ts";

// What pages, their Tuber worker and the service worker say to each other: structured-clone messages inside one browser.

/** URLs of one native HLS playlist that a page remembers: more than a live window or a film in 2 s segments has. */
export const NATIVE_HLS_KEEP = 8_192;

/** Marks our messages among the site's own; the number is the protocol version. */
export interface Tagged<T> {
  readonly tuber: 1;
  readonly body: T;
}

/** Page → service worker, by postMessage. `provider` carries the MessagePort to the page's Tuber worker. */
export type PageToWorker =
  /** A page is here. `claimed`: it was loaded before the service worker had control, `loadedUrls` came from the network, `nativeUrls` belong to a native HLS player. */
  | {
      readonly type: "page";
      readonly claimed: boolean;
      readonly loadedUrls: readonly string[];
      readonly nativeUrls: readonly string[];
    }
  | { readonly type: "provider" }
  /** The page goes away (or into the back-forward cache): its link is none any more. */
  | { readonly type: "bye" }
  /** The answer to `may-claim`: busy = a media element has already started from the network. */
  | { readonly type: "claim-answer"; readonly busy: boolean }
  /** Keeps Firefox from ending a service worker whose streams are open (it counts 30 s from the last event). */
  | { readonly type: "ping" };

/** Where bytes of an answer came from: plain HTTP, the origin's link, another viewer's, or what this browser had kept. */
export type BytePath = "http" | "origin" | "viewer" | "store";

/** Service worker → page. */
export type WorkerToPage =
  /** The answer to `page`: our code runs in this service worker, its own or in front of the app's. */
  | { readonly type: "here" }
  | { readonly type: "may-claim" }
  /** The service worker has forgotten everything (it was stopped): say `page` and, if leading, `provider` again. */
  | { readonly type: "who" }
  /** Media bytes that went into this page's answers, by path. */
  | ({ readonly type: "bytes" } & Readonly<Partial<Record<BytePath, number>>>)
  /** These belong to a native HLS player (it refuses every synthetic answer): remember them for me. */
  | { readonly type: "native-hls"; readonly urls: readonly string[] }
  /** Answers are open: ping me until `busy: false`. */
  | { readonly type: "busy"; readonly busy: boolean };

/** Service worker → Tuber worker, on the port. */
export type ToProvider =
  /**
   * Expect this stream on the link from `start` on (null: the request does not say where): its note is being asked for, and
   * `creditBytes` were granted with the request.
   */
  | { readonly type: "open"; readonly stream: number; readonly start: number | null; readonly creditBytes: number }
  /**
   * Has a swarm what this URL is, or the part of it that this Range names? Answered by `note` and the stream, or else by
   * `fail`. Only asked for requests that any copy of the content answers.
   */
  | {
      readonly type: "ask";
      readonly stream: number;
      readonly url: string;
      readonly range: string | undefined;
      readonly creditBytes: number;
    }
  /** This note, of this URL, says that what it is of belongs to a swarm. */
  | { readonly type: "swarm"; readonly note: Note; readonly url: string }
  /** The player took `bytes` of it. */
  | { readonly type: "consumed"; readonly stream: number; readonly bytes: number }
  | { readonly type: "cancel"; readonly stream: number };

/** `connecting`: an attempt is under way that may well succeed; `down`: the last one failed, another comes later. */
export type LinkState = "connecting" | "open" | "down";

/** Tuber worker → service worker, on the port. */
export type FromProvider =
  | { readonly type: "link"; readonly state: LinkState; readonly session: SessionId }
  /** What was asked for is known to a swarm and follows. */
  | { readonly type: "note"; readonly stream: number; readonly note: Note }
  /** The payload is `buffer` from byte `from` on (the frame's header stays in front of it, so nothing is copied). */
  | {
      readonly type: "data";
      readonly stream: number;
      readonly buffer: ArrayBuffer;
      readonly from: number;
      readonly path: Exclude<BytePath, "http">;
    }
  | { readonly type: "end"; readonly stream: number; readonly offset: number }
  | { readonly type: "fail"; readonly stream: number; readonly why: string };

export function tagged<T>(body: T): Tagged<T> {
  return { tuber: 1, body };
}

/** The body of one of our messages, or undefined for the site's own. */
export function untag<T>(data: unknown): T | undefined {
  // Of any value there is a member to look at, but of null and undefined.
  const given = data as Partial<Tagged<T>> | null | undefined;
  return given?.tuber === 1 ? given.body : undefined;
}
