import {
  callOf,
  type QuietBrowser,
  type QuietPage,
  type QuietVisitor,
  startQuietBrowser,
} from "../testing/quiet-browser.ts";
import type { Undo } from "../testing/undo.ts";
import { until } from "../testing/until.ts";
import { linked, type Stats, stats } from "./in-page.ts";
import type { SwarmLab } from "./swarm-lab.ts";
import { readWatched, type Seen } from "./watch.ts";

/** Where a viewer sits: a browser in a namespace, and while one watches, its page. */
export interface Seat {
  readonly browser: QuietBrowser;
  /** Somebody watches here. */
  readonly isTaken: boolean;
  /** Runs an in-page function (of in-page.ts) in the page; rejects on an empty seat. */
  run<A, R>(inPage: (argument: A) => R | Promise<R>, argument: A): Promise<R>;
  /** What the page has seen; rejects on an empty seat. */
  seen(): Promise<Seen>;
  /** Tuber's counters in the page; undefined where Tuber is not. */
  stats(): Promise<Stats | undefined>;
  /** Somebody new, whom no site knows, opens the page; `first` is a script that runs in it before its own. */
  enter(url: string, first?: string): Promise<void>;
  /**
   * The browser's owner opens the page, for whom it stores things on disk. (For the others, who are as in private windows, it keeps files in another
   * process's memory, which costs two cores' worth of CPU at 20 Mbit/s.)
   */
  open(url: string): Promise<void>;
  leave(): Promise<void>;
  /** The browser is gone without a word. */
  kill9(): Promise<void>;
  /** Its pages and workers stand still, their connections open, until {@link thaw}. */
  freeze(): Promise<void>;
  thaw(): void;
}

/** A seat for each viewer of the lab. The browsers have shown a film before: their first one is slow in ways that are not ours. */
export async function seatAudience(undo: Undo, lab: SwarmLab): Promise<Seat[]> {
  const secureOrigins = [lab.site, `http://${lab.listen}`];
  const seats = await Promise.all(
    lab.viewers.map(async (namespace) => seatIn(await startQuietBrowser(undo, { namespace, secureOrigins }))),
  );
  await enterInTurn(seats, 0, () => watchUrl(lab.site, { list: "/film/list.m3u8" }));
  await everybodyWatches(seats, 30_000);
  await Promise.all(seats.map((seat) => seat.leave()));
  return seats;
}

/** A page of the lab's site; `player` is its path. */
export function watchUrl(site: string, query: Readonly<Record<string, string>>, player = "/hls"): string {
  return `${site}${player}?${new URLSearchParams(query)}`;
}

/** One viewer after another opens its page (see {@link Seat.enter}), `everyMs` apart; resolves when the last page is loaded. */
export async function enterInTurn(
  seats: readonly Seat[],
  everyMs: number,
  url: (index: number) => string,
  first: (index: number) => string = () => "",
): Promise<void> {
  const entering = seats.map(async (seat, index) => {
    await new Promise((resolve) => setTimeout(resolve, index * everyMs));
    await seat.enter(url(index), first(index));
  });
  await Promise.all(entering);
}

/** The browsers' owners all open the page; resolves when each has a link to home, throws with the page's reason if one gets none. */
export async function enterLinked(seats: readonly Seat[], url: string): Promise<void> {
  await Promise.all(seats.map((seat) => seat.open(url)));
  for (const seat of seats) {
    const { links, why } = await seat.run(linked, { timeoutMs: 10_000 });
    if (links === 0) throw new Error(`no link: ${why}`);
  }
}

/** Waits until every taken seat has had its first picture. */
export async function everybodyWatches(seats: readonly Seat[], timeoutMs: number): Promise<void> {
  const faces = seats.filter((seat) => seat.isTaken);
  for (const seat of faces) {
    await until(async () => (await seat.seen()).firstFrameMs !== undefined, "the first picture", timeoutMs);
  }
}

/** Those who watch, whoever sent most to others first. */
export async function bySent(seats: readonly Seat[]): Promise<Seat[]> {
  const taken = seats.filter((seat) => seat.isTaken);
  const sent = new Map<Seat, number>();
  for (const seat of taken) sent.set(seat, (await seat.stats())?.bytes.uploaded ?? 0);
  return taken.sort((a, b) => (sent.get(b) ?? 0) - (sent.get(a) ?? 0));
}

function seatIn(browser: QuietBrowser): Seat {
  let visitor: QuietVisitor | undefined;
  let page: QuietPage | undefined;
  let frozen: number[] = [];
  const ask = async <R>(script: string): Promise<R> => {
    if (page === undefined) throw new Error("nobody sits here");
    return page.evaluate<R>(script);
  };
  return {
    browser,
    get isTaken() {
      return page !== undefined;
    },
    run: (inPage, argument) => ask(callOf(inPage, argument)),
    seen: () => ask(callOf(readWatched, null)),
    stats: () => ask(`window.tuber && ${callOf(stats, null)}`),
    enter: async (url, first) => {
      visitor = await browser.newVisitor();
      page = await visitor.open(url, first);
    },
    open: async (url) => {
      page = await browser.open(url);
    },
    leave: async () => {
      page = undefined;
      await visitor?.leave();
      visitor = undefined;
    },
    kill9: () => {
      page = undefined;
      visitor = undefined;
      return browser.kill9();
    },
    freeze: async () => {
      frozen = await browser.renderers();
      for (const pid of frozen) process.kill(pid, "SIGSTOP");
    },
    thaw: () => {
      for (const pid of frozen.splice(0)) process.kill(pid, "SIGCONT");
    },
  };
}
