import { enterInTurn, everybodyWatches, type Seat, watchUrl } from "../e2e/audience.ts";
import { copies, movingShare, offload, type Period, smoothShare, startPeriod } from "../e2e/period.ts";
import type { SwarmLab } from "../e2e/swarm-lab.ts";
import type { Seen } from "../e2e/watch.ts";
import { cpuSeconds } from "./processes.ts";
import type { Measures } from "./result.ts";
import { median } from "./statistics.ts";

/** Everything the scenes share. */
export interface Stage {
  readonly lab: SwarmLab;
  readonly seats: readonly Seat[];
  /** A fifth of all times, to try the bench itself. */
  readonly brief: boolean;
}

/** Where viewers go: a site, the page of a player there and what it is told. */
export interface Address {
  readonly site: string;
  readonly player: string;
  readonly query: Readonly<Record<string, string>>;
}

const CHANNEL = "/live/list.m3u8";
const FILM = "/film/list.m3u8";
/** Home's uplink where it is scarce: three viewers' worth. A home router's queue. */
const SCARCE = { rateBps: 6_000_000, queueMs: 300 };

/** Everybody comes within some seconds and stays. */
export async function live(stage: Stage, to: Address): Promise<Measures> {
  const whole = await startEmpty(stage);
  await fill(stage, to, CHANNEL, 2_000);
  await everybodyWatches(stage.seats, 60_000);
  await pause(stage, 8_000);
  const cpuBefore = cpuOf(stage.seats);
  const steady = await startPeriod(stage.lab, stage.seats);
  await pause(stage, 30_000);
  const [period, all] = [await steady(), await whole()];
  const viewerMinutes = (stage.seats.length * period.durationMs) / 60_000;
  return {
    copies: copies(period),
    "offload %": offload(all) * 100,
    "first frame ms": median(all.viewers.map(({ firstFrameMs }) => firstFrameMs ?? Number.NaN)),
    "latency s": meanOf(period.viewers.flatMap(({ latenciesMs }) => latenciesMs)) / 1_000,
    "stalled s/viewer": stalledS(all),
    "gave up": faults(all),
    "CPU-s/viewer-min": (cpuOf(stage.seats) - cpuBefore) / viewerMinutes,
  };
}

/** As {@link live}, with an uplink for three. */
export async function scarce(stage: Stage, to: Address): Promise<Measures> {
  await stage.lab.limitUplink(SCARCE);
  try {
    const whole = await startEmpty(stage);
    await fill(stage, to, CHANNEL, 2_000);
    await pause(stage, 45_000);
    const period = await whole();
    return {
      "first frame ms": median(period.viewers.map(startMs)),
      "moving %": meanOf(period.viewers.map(movingShare)) * 100,
      "least smooth %": Math.min(...period.viewers.map(smoothShare)) * 100,
      "gave up": faults(period),
    };
  } finally {
    await stage.lab.limitUplink(undefined);
  }
}

/** A film of two minutes, a new viewer every ten seconds. */
export async function film(stage: Stage, to: Address): Promise<Measures> {
  const whole = await startEmpty(stage);
  await fill(stage, to, FILM, 10_000);
  await pause(stage, 40_000);
  const period = await whole();
  return {
    "offload %": offload(period) * 100,
    "first frame ms": median(period.viewers.map(startMs)),
    "stalled s/viewer": stalledS(period),
    "gave up": faults(period),
  };
}

/** A period that begins with nobody there. */
async function startEmpty({ lab, seats }: Stage): Promise<() => Promise<Period>> {
  await Promise.all(seats.map((seat) => seat.leave()));
  return startPeriod(lab, seats);
}

async function fill(stage: Stage, { site, player, query }: Address, list: string, everyMs: number): Promise<void> {
  const url = (index: number): string => watchUrl(site, { list, viewer: String(index), ...query }, player);
  await enterInTurn(stage.seats, scaled(stage, everyMs), url);
}

/** Who has not started yet has waited for its whole visit. */
function startMs({ firstFrameMs, ageMs }: Seen): number {
  return firstFrameMs ?? ageMs;
}

function stalledS({ viewers }: Period): number {
  return meanOf(viewers.map(({ stallMs }) => stallMs)) / 1_000;
}

/** Viewers whose player saw no way to go on. */
function faults({ viewers }: Period): number {
  return viewers.filter(({ fault }) => fault !== "").length;
}

function cpuOf(seats: readonly Seat[]): number {
  return seats.reduce((total, { browser }) => total + cpuSeconds(browser.pid), 0);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function pause(stage: Stage, ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, scaled(stage, ms)));
}

function scaled({ brief }: Stage, ms: number): number {
  return brief ? ms / 5 : ms;
}
