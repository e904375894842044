import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Child } from "../testing/child.ts";
import { inside, type Namespace } from "../testing/netns.ts";
import { tempDir } from "../testing/temp-dir.ts";
import type { Undo } from "../testing/undo.ts";

// p2p-media-loader and its tracker have a folder and a lock file of their own: only who runs this bench installs them.
const FOLDER = fileURLToPath(new URL("../../bench/contender/", import.meta.url));
const TRACKER_PROGRAM = fileURLToPath(new URL("./tracker-main.js", import.meta.url));

/**
 * `p2pHls()` for the lab's page `/p2p`, with the hls.js its authors test with: 1.7 takes its segments' memory away from it, and stops. There is no STUN server to be reached in a lab, and one would be waited for. `near`: as close to
 * the live edge as hls.js by itself; its authors' own choice is far behind. Four seconds are what PeerTube sets.
 */
const PAGE = `
import Hls from "hls.js";
import { HlsJsP2PEngine } from "p2p-media-loader-hlsjs";
window.p2pHls = (tracker, near) => {
  const Mixed = HlsJsP2PEngine.injectMixin(Hls);
  const core = { announceTrackers: [tracker], rtcConfig: { iceServers: [] }, swarmId: "lab" };
  if (near) return new Mixed({ liveSyncDurationCount: 3, maxBufferLength: 30, p2p: { core: { ...core, highDemandTimeWindow: 4 } } });
  return new Mixed({ p2p: { core } });
};`;

/** The contender for pages, bundled; answers the file. */
export async function bundleContender(undo: Undo): Promise<string> {
  install();
  const outfile = join(tempDir(undo), "p2p.js");
  await build({
    stdin: { contents: PAGE, resolveDir: FOLDER },
    bundle: true,
    minify: true,
    format: "iife",
    conditions: ["p2pml:core-as-bundle"],
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
    logLevel: "error",
    outfile,
  });
  return outfile;
}

/** Its tracker in a namespace; answers its URL. */
export async function startTracker(undo: Undo, namespace: Namespace, listen: string): Promise<string> {
  install();
  const server = join(FOLDER, "node_modules", "bittorrent-tracker", "server.js");
  const [command, args] = inside(namespace, process.execPath, [TRACKER_PROGRAM, server, listen]);
  const child = new Child({ command, args });
  undo(() => child.end());
  return child.line((line) => /"url":"([^"]+)"/.exec(line)?.[1]);
}

function install(): void {
  if (existsSync(join(FOLDER, "node_modules", ".package-lock.json"))) return;
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts"], { cwd: FOLDER, stdio: "inherit" });
  if (status !== 0) throw new Error(`npm ci failed in ${FOLDER}`);
}
