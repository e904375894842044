import type { WireBytes } from "../testing/wire-meter.ts";
import type { Seat } from "./audience.ts";
import { CHANNEL_SEGMENT_BYTES, CHANNEL_SEGMENT_MS } from "./broadcast.ts";
import type { SwarmLab } from "./swarm-lab.ts";
import type { Seen } from "./watch.ts";

/** What home's cable and the viewers saw from one moment to another. */
export interface Period {
  readonly durationMs: number;
  readonly wire: WireBytes;
  /** Of those who were there at its end; of a viewer that came in between, since it came. `firstFrameMs` and `ageMs` are as at the end. */
  readonly viewers: readonly Seen[];
}

/** A period that begins now; the answer ends it, and may be called more than once. */
export async function startPeriod(lab: SwarmLab, seats: readonly Seat[]): Promise<() => Promise<Period>> {
  const startMs = performance.now();
  const wire = await lab.wire();
  const before = new Map<Seat, Seen>();
  for (const seat of seats) if (seat.isTaken) before.set(seat, await seat.seen());
  return async () => {
    const durationMs = performance.now() - startMs;
    const moved = difference(await lab.wire(), wire);
    const taken = seats.filter((seat) => seat.isTaken);
    const viewers = await Promise.all(taken.map(async (seat) => since(await seat.seen(), before.get(seat))));
    return { durationMs, wire: moved, viewers };
  };
}

/** How many times the live channel left home: 1 means as if there were one viewer, not counting what protocols add. */
export function copies({ wire, durationMs }: Period): number {
  return (wire.tcpOut + wire.udpOut) / ((CHANNEL_SEGMENT_BYTES * durationMs) / CHANNEL_SEGMENT_MS);
}

/** The share of the players' bytes that home did not send. */
export function offload({ wire, viewers }: Period): number {
  const segments = viewers.flatMap((viewer) => viewer.segments);
  return 1 - (wire.tcpOut + wire.udpOut) / segments.reduce((total, { bytes }) => total + bytes, 0);
}

/** The share of a viewer's time in which its picture moved: it neither waited for the first one nor stalled. */
export function movingShare({ firstFrameMs, ageMs, stallMs }: Seen): number {
  return firstFrameMs === undefined ? 0 : (ageMs - firstFrameMs - stallMs) / ageMs;
}

/** The share of the time since a viewer's first picture in which it moved. */
export function smoothShare({ firstFrameMs, ageMs, stallMs }: Seen): number {
  return firstFrameMs === undefined ? 0 : 1 - stallMs / (ageMs - firstFrameMs);
}

function difference(after: WireBytes, before: WireBytes): WireBytes {
  return {
    tcpOut: after.tcpOut - before.tcpOut,
    udpOut: after.udpOut - before.udpOut,
    tcpIn: after.tcpIn - before.tcpIn,
    udpIn: after.udpIn - before.udpIn,
  };
}

function since(after: Seen, before: Seen | undefined): Seen {
  if (before === undefined) return after;
  return {
    ...after,
    stallMs: after.stallMs - before.stallMs,
    stalls: after.stalls - before.stalls,
    latenciesMs: after.latenciesMs.slice(before.latenciesMs.length),
    segments: after.segments.slice(before.segments.length),
    playlists: after.playlists.slice(before.playlists.length),
  };
}
