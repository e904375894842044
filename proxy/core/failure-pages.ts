import type { CallFailure } from "./app-call.ts";
import type { OwnPage } from "./own-page.ts";
import type { ProxyFault } from "./proxy-core.ts";

const AGAIN = "This page tries again by itself; nothing needs to be restarted.";

/** What the client is told when the app gave no answer. */
export const FAILURE_PAGES: Readonly<Record<CallFailure, OwnPage>> = {
  broken: { status: 502, text: `The site behind this proxy closed the connection without an answer. ${AGAIN}` },
  malformed: { status: 502, text: "The site behind this proxy gave an answer that is not valid HTTP." },
  timeout: { status: 504, text: `The site behind this proxy did not answer in time. ${AGAIN}` },
  unreachable: { status: 502, text: `The site behind this proxy cannot be reached right now. ${AGAIN}` },
  unsendable: { status: 400, text: "This request cannot be passed on: it holds bytes that HTTP forbids." },
  "upload-stalled": { status: 408, text: "The upload stopped for too long." },
};

/** What is counted for it. */
export const FAILURE_FAULTS: Readonly<Record<CallFailure, ProxyFault>> = {
  broken: "app-broken",
  malformed: "app-malformed",
  timeout: "app-timeout",
  unreachable: "app-unreachable",
  unsendable: "client-malformed",
  "upload-stalled": "client-timeout",
};
