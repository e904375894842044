import { statSync } from "node:fs";
import { enterLinked, type Seat, seatAudience } from "../e2e/audience.ts";
import { download, playAndSeek } from "../e2e/in-page.ts";
import { FILM_FILE, LARGE } from "../e2e/lab-files.ts";
import { startTuber } from "../e2e/programs.ts";
import { buildSwarmLab, type SwarmLab } from "../e2e/swarm-lab.ts";
import type { Undo } from "../testing/undo.ts";
import type { Measures, Result } from "./result.ts";
import { interleave, ratio, seen } from "./rounds.ts";
import { median } from "./statistics.ts";

const VIEWERS = 4;
const ROUNDS = 3;
const SEEKS = 15;
/** Everybody's uplink, home's too, and a home router's queue: what two cores can bear of four browsers that take and give as much. */
const UPLINK = { rateBps: 8_000_000, queueMs: 100 };
/** With these uplinks all together are faster than home alone, so that one copy from home bounds the time. */
const BOUND_MS = (LARGE.totalBytes * 8_000) / UPLINK.rateBps;

/** What home must send when four take one large file at once, or seek about in one film. */
export async function files(undo: Undo): Promise<Result> {
  const lab = await buildSwarmLab(undo, { viewers: VIEWERS });
  const { home: namespace, listen, udpPort } = lab;
  const tuber = await startTuber(undo, { upstream: lab.site, namespace, listen, udpPort });
  const seats = await seatAudience(undo, lab);
  let round = 0;
  const rows = await interleave(
    [
      { name: "file, tuber", run: () => takeFile(lab, seats, tuber.url, ++round) },
      { name: "seeks, plain", run: () => seekAbout(lab, seats, lab.site) },
      { name: "seeks, tuber", run: () => seekAbout(lab, seats, tuber.url, true) },
    ],
    ROUNDS,
  );
  return {
    title: "Files that several want at once",
    how: `${VIEWERS} headless Chromium, each in a network namespace, on a switch with the home; home's IP packets are counted on its cable, UDP and TCP. file: 100 MB at once by all, every uplink limited to 8 Mbit/s, home's too; the bound is the time that one copy takes to leave home. seeks: a film of a minute, ${SEEKS} random seeks by each, no limits; the first round begins with empty stores, later ones with what earlier ones left.`,
    rows,
    claims: [
      seen(rows, "file, tuber", "copies", { atMost: 1.2 }),
      seen(rows, "file, tuber", "÷ bound", { atMost: 1.2 }),
      seen(rows, "seeks, tuber", "copies", { atMost: 2 }),
      seen(rows, "seeks, plain", "copies"),
      ratio(rows, { measure: "seek p50 ms", of: "seeks, tuber", to: "seeks, plain" }),
      ratio(rows, { measure: "seek max ms", of: "seeks, tuber", to: "seeks, plain" }),
    ],
  };
}

async function takeFile(lab: SwarmLab, seats: readonly Seat[], url: string, round: number): Promise<Measures> {
  await enterLinked(seats, `${url}/`);
  await limitAll(lab, seats, UPLINK);
  try {
    const before = await lab.wire();
    // A name of its own each round: nobody has it in a store.
    const taking = seats.map((seat) => seat.run(download, { url: `/files/large.iso?${round}` }));
    const taken = await Promise.all(taking);
    const { tcpOut, udpOut } = await lab.wire();
    const wrong = taken.find(({ error, bytes }) => error !== "" || bytes !== LARGE.totalBytes);
    if (wrong !== undefined) throw new Error(`${wrong.bytes} bytes, ${wrong.error}`);
    return {
      copies: (tcpOut + udpOut - before.tcpOut - before.udpOut) / LARGE.totalBytes,
      "÷ bound": Math.max(...taken.map(({ durationMs }) => durationMs)) / BOUND_MS,
    };
  } finally {
    await limitAll(lab, seats, undefined);
  }
}

async function seekAbout(lab: SwarmLab, seats: readonly Seat[], url: string, isTuber = false): Promise<Measures> {
  if (isTuber) await enterLinked(seats, `${url}/`);
  await Promise.all(seats.map((seat) => seat.open(`${url}/mp4`)));
  const before = await lab.wire();
  const playing = seats.map((seat, seed) => seat.run(playAndSeek, { selector: "video", seeks: SEEKS, seed }));
  const played = await Promise.all(playing);
  const { tcpOut, udpOut } = await lab.wire();
  const fault = played.find(({ error }) => error !== "")?.error;
  if (fault !== undefined) throw new Error(fault);
  const seekMs = played.flatMap((each) => each.seekMs);
  return {
    copies: (tcpOut + udpOut - before.tcpOut - before.udpOut) / statSync(FILM_FILE).size,
    "seek p50 ms": median(seekMs),
    "seek max ms": Math.max(...seekMs),
  };
}

async function limitAll(lab: SwarmLab, seats: readonly Seat[], limit: typeof UPLINK | undefined): Promise<void> {
  await lab.limitUplink(limit);
  for (const index of seats.keys()) await lab.limitViewer(index, limit);
}
