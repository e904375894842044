import { seatAudience } from "../e2e/audience.ts";
import { startTuber } from "../e2e/programs.ts";
import { buildSwarmLab } from "../e2e/swarm-lab.ts";
import type { Undo } from "../testing/undo.ts";
import { bundleContender, startTracker } from "./contender.ts";
import { type Address, film, live, type Stage, scarce } from "./offload-scenes.ts";
import type { Claim, Measures, Result, Row } from "./result.ts";
import { type Contender, difference, interleave, ratio, seen } from "./rounds.ts";

/** BENCH_BRIEF=1 tries the bench itself: few viewers, one round, and a fifth of all times, too short to say anything. */
const BRIEF = process.env.BENCH_BRIEF === "1";
const VIEWERS = BRIEF ? 3 : 8;
const ROUNDS = BRIEF ? 1 : 3;
const TRACKER_PORT = 8090;

const SCENES: Readonly<Record<string, (stage: Stage, to: Address) => Promise<Measures>>> = { live, scarce, film };

/** What home must send when several watch the same, and what that does to the viewers. */
export async function offload(undo: Undo): Promise<Result> {
  const lab = await buildSwarmLab(undo, {
    viewers: VIEWERS,
    files: { "/players/p2p.js": await bundleContender(undo) },
  });
  const { home: namespace, listen, udpPort } = lab;
  const tuber = await startTuber(undo, { upstream: lab.site, namespace, listen, udpPort });
  const tracker = await startTracker(undo, namespace, `${new URL(lab.site).hostname}:${TRACKER_PORT}`);
  const stage: Stage = { lab, seats: await seatAudience(undo, lab), brief: BRIEF };
  const addresses: Readonly<Record<string, Address>> = {
    plain: { site: lab.site, player: "/hls", query: {} },
    tuber: { site: tuber.url, player: "/hls", query: {} },
    "p2p-media-loader": { site: lab.site, player: "/p2p", query: { tracker } },
    "p2p-media-loader, near": { site: lab.site, player: "/p2p", query: { tracker, near: "1" } },
  };
  const rows = await interleave(contenders(stage, addresses), ROUNDS);
  return {
    title: "Viewers who serve each other",
    how: `${VIEWERS} headless Chromium, each in a network namespace, on a switch with the home; 2 Mbit/s HLS played by hls.js; home's IP packets are counted on its cable, UDP and TCP. live: a channel of 2 s segments, one viewer more every 2 s; copies are counted for 30 s once all are there, offload over the whole run. scarce: the same with 6 Mbit/s of uplink; moving is the share of the time since the navigation in which the picture moved, smooth the share of that since the first picture, least that of the viewer who fared worst. film: two minutes of 4 s segments, one viewer more every 10 s. near: p2p-media-loader made to stay as close to the live edge as hls.js by itself does.`,
    rows,
    claims: claims(rows),
  };
}

function contenders(stage: Stage, addresses: Readonly<Record<string, Address>>): Contender[] {
  return Object.entries(SCENES).flatMap(([scene, play]) =>
    Object.entries(addresses)
      // On demand there is no edge to be near to.
      .filter(([name]) => scene !== "film" || !name.endsWith("near"))
      .map(([name, address]) => ({ name: `${scene}, ${name}`, run: () => play(stage, address) })),
  );
}

function claims(rows: readonly Row[]): Claim[] {
  const near = "live, p2p-media-loader, near";
  const live = { of: "live, tuber", to: "live, plain" };
  return [
    seen(rows, "live, tuber", "copies", { atMost: 1.3 }),
    seen(rows, near, "copies"),
    seen(rows, "live, tuber", "offload %", { atLeast: 80 }),
    difference(rows, { measure: "offload %", of: "live, tuber", to: near }, "points"),
    ratio(rows, { measure: "first frame ms", ...live, atMost: 1.15 }),
    difference(rows, { measure: "latency s", ...live, atMost: 0.5 }, "s"),
    seen(rows, "live, tuber", "stalled s/viewer", { atMost: 0 }),
    ratio(rows, { measure: "CPU-s/viewer-min", ...live }),
    seen(rows, "scarce, tuber", "least smooth %", { atLeast: 97 }),
    seen(rows, "scarce, tuber", "moving %"),
    difference(rows, { measure: "moving %", of: "scarce, tuber", to: "scarce, p2p-media-loader, near" }, "points"),
    seen(rows, "film, tuber", "offload %", { atLeast: 80 }),
    difference(rows, { measure: "offload %", of: "film, tuber", to: "film, p2p-media-loader" }, "points"),
  ];
}
