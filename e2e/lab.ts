import { addDefaultRoute, addNamespace, joinNamespaces, loadRules, type Namespace } from "../testing/netns.ts";
import { type Helper, startHelper } from "../testing/netns-helper.ts";
import type { LineShape } from "../testing/udp-relay-queue.ts";
import type { Undo } from "../testing/undo.ts";

export interface LabOptions {
  /** Home's uplink, shared by all viewers. */
  readonly uplink: LineShape;
  readonly downlink: LineShape;
  /** How many. */
  readonly viewers: number;
}

/**
 * A home behind a line, in namespaces: viewers – router – home, nothing forwarded between them. UDP to home's one port is
 * caught in the viewers' namespaces and goes through the shaped relay in the router; TCP goes through a meter there.
 */
export interface Lab {
  readonly home: Namespace;
  readonly viewers: readonly Namespace[];
  /** What Tuber listens on in `home`. */
  readonly listen: string;
  readonly udpPort: number;
  /** The site's URL as the viewer of this index sees it. */
  urlFor(viewer: number): string;
  /** Runs in the router: answers relayReport, blockRelay. */
  readonly relay: Helper;
  /** Runs in the router: answers meterBytes, cutMeter. */
  readonly meter: Helper;
  /** Runs in home: answers fetch, to ask the admin listener. */
  readonly inHome: Helper;
}

const HOME = "10.77.0.1";
const HTTP_PORT = 8080;
const UDP_PORT = 25300;
const RELAY_PORT = 26000;

export async function buildLab(undo: Undo, options: LabOptions): Promise<Lab> {
  const [home, router] = [await addNamespace(undo, "home"), await addNamespace(undo, "router")];
  await joinNamespaces(home, `${HOME}/24`, router, "10.77.0.2/24");
  const viewers: Namespace[] = [];
  for (let index = 0; index < options.viewers; index += 1) viewers.push(await addViewer(undo, router, index));
  const [relay, meter, inHome] = await Promise.all([
    startHelper(undo, router),
    startHelper(undo, router),
    startHelper(undo, home),
  ]);
  const listening = { listenHost: "0.0.0.0", targetHost: HOME };
  await relay.call("startRelay", {
    ...listening,
    listenPort: RELAY_PORT,
    targetPort: UDP_PORT,
    toTarget: options.downlink,
    fromTarget: options.uplink,
  });
  await meter.call("startMeter", { ...listening, listenPort: HTTP_PORT, targetPort: HTTP_PORT });
  const urlFor = (viewer: number): string => `http://${gateway(viewer)}:${HTTP_PORT}`;
  return { home, viewers, listen: `${HOME}:${HTTP_PORT}`, udpPort: UDP_PORT, urlFor, relay, meter, inHome };
}

async function addViewer(undo: Undo, router: Namespace, index: number): Promise<Namespace> {
  const viewer = await addNamespace(undo, `viewer${index}`);
  await joinNamespaces(viewer, `10.78.${index}.2/24`, router, `${gateway(index)}/24`);
  await addDefaultRoute(viewer, gateway(index));
  await loadRules(
    viewer,
    `table ip lab {
      chain output {
        type nat hook output priority -100;
        ip daddr ${HOME} udp dport ${UDP_PORT} dnat to ${gateway(index)}:${RELAY_PORT}
      }
    }`,
  );
  return viewer;
}

function gateway(viewer: number): string {
  return `10.78.${viewer}.1`;
}
