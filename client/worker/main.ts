// The Tuber worker of the leader page: signalling and the link's bytes, away from the page's busy thread.
import type { SessionId } from "../../protocol/ids.ts";
import type { LinkState } from "../../protocol/page-port.ts";
import type { FromLinkWorker, ToLinkWorker } from "../worker-port.ts";
import { dataChannel, portChannel } from "./channels.ts";
import { Link } from "./link.ts";
import { randomHex } from "./random.ts";
import { ServicePort } from "./service-port.ts";

/** The worker's global scope (the page's lib has no type for it). */
const scope = self as unknown as {
  postMessage(message: FromLinkWorker): void;
  onmessage: ((event: MessageEvent<ToLinkWorker>) => void) | null;
};
const session = randomHex(16) as SessionId;
let link: Link | undefined;
let servicePort: ServicePort | undefined;
let state: LinkState = "connecting";

scope.onmessage = ({ data }) => handle(data);

function handle(message: ToLinkWorker): void {
  switch (message.type) {
    case "start":
      link = new Link(message.base, session, { tellPage: (reply) => scope.postMessage(reply), onChange });
      return;
    case "sw-port":
      servicePort?.close();
      servicePort = new ServicePort(message.port, () => link?.receiver());
      servicePort.tellLink(state, session);
      return;
    case "offer":
      return link?.offer(message.attempt, message.sdp);
    case "candidate":
      return link?.candidate(message.attempt, message.candidate, message.mid);
    case "channel":
      return link?.useChannel(message.attempt, (events, onOpen) => dataChannel(message.channel, events, onOpen));
    case "channel-port":
      return link?.useChannel(message.attempt, (events, onOpen) => portChannel(message.port, events, onOpen));
    case "failed":
      return link?.fail(message.attempt, message.why);
    case "stop":
      return link?.stop();
  }
}

function onChange(open: boolean, why: string): void {
  state = open ? "open" : "down";
  servicePort?.tellLink(state, session);
  scope.postMessage({ type: "link", open, why, session });
}
