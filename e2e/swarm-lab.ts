import { type LineLimit, limitLine, unlimitLine } from "../testing/line-limit.ts";
import { addDefaultRoute, addNamespace, deviceTo, type Namespace, switchNamespaces } from "../testing/netns.ts";
import type { Undo } from "../testing/undo.ts";
import { startWireMeter, type WireBytes } from "../testing/wire-meter.ts";
import { type SiteFiles, startLabSite } from "./programs.ts";

export interface SwarmLabOptions {
  readonly viewers: number;
  /** More files of the site, by their path. */
  readonly files?: SiteFiles;
}

/** A home and its viewers, each in a namespace, on one switch: viewers reach each other directly, and home over its one cable. */
export interface SwarmLab {
  readonly home: Namespace;
  readonly viewers: readonly Namespace[];
  /** The site itself, as viewers and Tuber reach it. */
  readonly site: string;
  /** Where Tuber listens, once it is started in `home`. */
  readonly listen: string;
  readonly udpPort: number;
  /** What crossed home's cable so far. */
  wire(): Promise<WireBytes>;
  /** Limits home's uplink; undefined takes the limit off. */
  limitUplink(limit: LineLimit | undefined): Promise<void>;
  /** Limits the uplink of one viewer, by its index; undefined takes the limit off. */
  limitViewer(viewer: number, limit: LineLimit | undefined): Promise<void>;
}

/** Of the range that is kept for measurements (RFC 2544). */
const HOME = "198.18.0.1";
const SITE_PORT = 8000;
const TUBER_PORT = 8080;
const UDP_PORT = 25300;

export async function buildSwarmLab(undo: Undo, options: SwarmLabOptions): Promise<SwarmLab> {
  const [hub, home] = [await addNamespace(undo, "hub"), await addNamespace(undo, "home")];
  const viewers: Namespace[] = [];
  for (let index = 0; index < options.viewers; index += 1) viewers.push(await addNamespace(undo, `viewer${index}`));
  await switchNamespaces(hub, [
    { namespace: home, address: `${HOME}/16` },
    ...viewers.map((namespace, index) => ({ namespace, address: `198.18.1.${index + 1}/16` })),
  ]);
  // Nobody is there; but without a default route browsers find no addresses of their own.
  for (const viewer of viewers) await addDefaultRoute(viewer, "198.18.0.254");
  const device = deviceTo(hub);
  const wire = await startWireMeter(home, device);
  const site = await startLabSite(undo, home, `${HOME}:${SITE_PORT}`, options.files);
  return {
    home,
    viewers,
    site,
    listen: `${HOME}:${TUBER_PORT}`,
    udpPort: UDP_PORT,
    wire,
    limitViewer: async (viewer, limit) => {
      const namespace = viewers[viewer];
      if (namespace !== undefined) await (limit ? limitLine(namespace, device, limit) : unlimitLine(namespace, device));
    },
    limitUplink: (limit) => (limit ? limitLine(home, device, limit) : unlimitLine(home, device)),
  };
}
