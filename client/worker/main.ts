// The Tuber worker of the leader page: signalling and the links' bytes, away from the page's busy thread.
import { createReceiver, type Receiver } from "../../peer/receiver.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { LinkState } from "../../protocol/page-port.ts";
import { clock } from "../clock.ts";
import type { FromLinkWorker, ToLinkWorker } from "../worker-port.ts";
import { Links } from "./links.ts";
import { randomHex } from "./random.ts";
import { ServicePort } from "./service-port.ts";

/** The worker's global scope (the page's lib has no type for it). */
const scope = self as unknown as {
  postMessage(message: FromLinkWorker): void;
  onmessage: ((event: MessageEvent<ToLinkWorker>) => void) | null;
};
const session = randomHex(16) as SessionId;
let links: Links | undefined;
let receiver: Receiver | undefined;
let servicePort: ServicePort | undefined;
let state: LinkState = "connecting";
let viewerLinks = 0;
let why = "";

scope.onmessage = ({ data }) => handle(data);

function handle(message: ToLinkWorker): void {
  switch (message.type) {
    case "start":
      links = startLinks(message.base);
      return;
    case "means":
      return;
    case "sw-port":
      servicePort?.close();
      servicePort = new ServicePort(message.port, () => receiver);
      servicePort.tellLink(state, session);
      return;
    case "stop":
      return links?.close();
    default:
      return links?.onPage(message);
  }
}

function startLinks(base: string): Links {
  return new Links(base, session, {
    tellPage: (message) => scope.postMessage(message),
    onOriginOpen(channel) {
      receiver = createReceiver({ channel, clock });
      setOrigin("open", "");
      return receiver;
    },
    onOriginLost(reason) {
      receiver = undefined;
      setOrigin("down", reason);
    },
    onViewerOpen(_peer, _channel) {
      viewerLinks += 1;
      tellLinks();
      return { onMessage: () => {}, onClose: () => {} };
    },
    onViewerLost() {
      viewerLinks -= 1;
      tellLinks();
    },
    onWelcome() {},
    onAssign() {},
  });
}

function setOrigin(now: LinkState, reason: string): void {
  state = now;
  why = reason;
  servicePort?.tellLink(state, session);
  tellLinks();
}

function tellLinks(): void {
  const count = viewerLinks + (state === "open" ? 1 : 0);
  scope.postMessage({ type: "links", links: count, uploadedBytes: 0, why: count > 0 ? "" : why, session });
}
