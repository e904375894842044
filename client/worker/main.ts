// The Tuber worker of the leader page: signalling and the links' bytes, away from the page's busy thread.
import type { Clock } from "../../peer/clock.ts";
import type { PeerLink } from "../../peer/link-ports.ts";
import { ORIGIN_PEER, type SessionId } from "../../protocol/ids.ts";
import type { LinkState } from "../../protocol/page-port.ts";
import { clock } from "../clock.ts";
import type { FromLinkWorker, ToLinkWorker } from "../worker-port.ts";
import { Links } from "./links.ts";
import { randomHex } from "./random.ts";
import { ServicePort } from "./service-port.ts";
import { digest, Signatures } from "./signatures.ts";
import { type EnterDemand, Swarms } from "./swarm/swarms.ts";

/** How often the page hears of the links although none opened or closed: uploading has no other event. */
const TELL_MS = 1_000;

/** The worker's global scope (the page's lib has no type for it). */
const scope = self as unknown as {
  postMessage(message: FromLinkWorker): void;
  onmessage: ((event: MessageEvent<ToLinkWorker>) => void) | null;
};
const session = randomHex(16) as SessionId;
let links: Links | undefined;
let swarms: Swarms | undefined;
let origin: PeerLink | undefined;
let servicePort: ServicePort | undefined;
let state: LinkState = "connecting";
let viewerLinks = 0;
let originWhy = "";
/** Why no other viewer serves this one; empty if one might. */
let swarmWhy = "";
let toldBytes = 0;
let enterDemand: EnterDemand | undefined;
/** What peers did wrong, by kind. */
const faults: Record<string, number> = {};
let hasNewFaults = false;

scope.onmessage = ({ data }) => handle(data);

function handle(message: ToLinkWorker): void {
  switch (message.type) {
    case "start":
      return start(message);
    case "means":
      return swarms?.setUpload(message.upload);
    case "sw-port":
      servicePort?.close();
      servicePort = new ServicePort(
        message.port,
        () => origin,
        () => (swarmWhy === "" ? swarms : undefined),
      );
      servicePort.tellLink(state, session);
      return;
    case "stop":
      swarms?.close();
      return links?.close();
    default:
      return links?.onPage(message);
  }
}

function start({ base, key, upload, uploadRatio, visitor, byEvents }: Extract<ToLinkWorker, { type: "start" }>): void {
  const signatures = new Signatures(key);
  if (key !== "") void signatures.arePossible().then((possible) => possible || setSwarmWhy());
  const made = new Swarms(
    { upload, uploadRatio },
    {
      clock,
      visitor,
      random: Math.random,
      verify: (bytes, signature) => signatures.verify(bytes, signature),
      digest,
      send: (signal) => links?.send(signal),
      want: (peers) => links?.want(peers),
      ban: (peer) => links?.ban(peer),
      loadDemand,
      onFault(_peer, fault) {
        faults[fault] = (faults[fault] ?? 0) + 1;
        hasNewFaults = true;
      },
    },
  );
  swarms = made;
  links = new Links(base, session, byEvents, {
    tellPage: (message) => scope.postMessage(message),
    onOriginOpen(channel) {
      origin = made.open(ORIGIN_PEER, channel);
      setOrigin("open", "");
      return origin;
    },
    onOriginLost(why) {
      origin = undefined;
      made.links.lost(ORIGIN_PEER);
      setOrigin("down", why);
    },
    onViewerOpen(peer, channel) {
      viewerLinks += 1;
      tellLinks();
      return made.open(peer, channel);
    },
    onViewerLost(peer) {
      made.links.lost(peer);
      viewerLinks -= 1;
      tellLinks();
    },
    onWelcome: (self) => made.welcome(self),
    onAssign: (assignment) => made.assign(assignment),
  });
  setInterval(() => (hasNewFaults || made.links.uploadedBytes !== toldBytes) && tellLinks(), TELL_MS);
}

/** Lies beside this script, and comes when the first on-demand swarm is entered: many visits never have one. */
async function loadDemand(): Promise<EnterDemand> {
  const part: { createEnterDemand(clock: Clock): EnterDemand } = await import(new URL("demand.js", location.href).href);
  enterDemand ??= part.createEnterDemand(clock);
  return enterDemand;
}

function setOrigin(now: LinkState, why: string): void {
  state = now;
  originWhy = why;
  servicePort?.tellLink(state, session);
  tellLinks();
}

function setSwarmWhy(): void {
  swarmWhy = "other viewers serve nothing: this browser cannot check what they send (it has no Ed25519)";
  tellLinks();
}

function tellLinks(): void {
  toldBytes = swarms?.links.uploadedBytes ?? 0;
  hasNewFaults = false;
  const count = viewerLinks + (state === "open" ? 1 : 0);
  const why = count > 0 ? swarmWhy : originWhy;
  scope.postMessage({ type: "links", links: count, uploadedBytes: toldBytes, why, faults, session });
}
