/** Everything of ours on the public side lives under this path; it shadows the app's. */
export const PREFIX = "/__tuber/";
/** The service worker: a stable URL, because a registration is bound to it. */
export const WORKER_PATH = "/__tuber/sw.js";
/** Our worker's core, loaded on line 1 of the app's own service worker. */
export const CORE_PATH = "/__tuber/core.js";
/** Answers with the `tuber` header while Tuber stands in front of the site (the worker's kill switch). */
export const LEASE_PATH = "/__tuber/lease";
/** Signalling: WebSocket on this path; `GET …/events` (SSE) + `POST …/messages` where WebSocket fails. */
export const SIGNAL_PATH = "/__tuber/signal";
export const SIGNAL_EVENTS_PATH = "/__tuber/signal/events";
export const SIGNAL_MESSAGES_PATH = "/__tuber/signal/messages";

/** Request header: "a delivery note will do" (see note-request.ts). Removed before the app sees the request. */
export const NOTE_HEADER = "tuber-note";
/** Media type of a delivery note. */
export const NOTE_TYPE = "application/vnd.tuber.note+json";
/** Response header of the lease. */
export const LEASE_HEADER = "tuber";
/** The script of our own page for visitors, `/__tuber/`. */
export const SWITCH_PATH = "/__tuber/switch.js";
/** Key in the site's localStorage; "off": this visitor sends nothing to other viewers. */
export const SHARING_KEY = "tuber-sharing";
/** Key in the site's localStorage: what the planner may know this browser by, and when that was kept last. */
export const VISITOR_KEY = "tuber-visitor";
/** Folder in the site's private file system (OPFS): pieces kept for later visits. */
export const STORE_FOLDER = "tuber";
/** Query key that marks a download the page took over from `<a download>`; never reaches the app. */
export const DOWNLOAD_PARAM = "__tuber_dl";
