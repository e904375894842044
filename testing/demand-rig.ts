import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { PageBook } from "../peer/swarm/page-book.ts";
import type { NoteSwarm } from "../protocol/note.ts";
import { MAX_LISTED_PIECES } from "../protocol/swarm-frame.ts";
import { createAppTarget } from "../proxy/core/app-target.ts";
import { Demand } from "../proxy/demand/demand.ts";
import { DemandSwarms } from "../proxy/demand/demand-swarms.ts";
import { HeaderList } from "../proxy/header-list.ts";
import { playlistKind } from "../proxy/live/playlist-kind.ts";
import type { Site } from "../proxy/live/site.ts";
import { originKeyOf } from "../proxy/swarm/origin-key.ts";
import { SwarmLinks } from "../proxy/swarm/swarm-links.ts";
import { TestClock } from "./clock.ts";
import { startFileApp } from "./file-app.ts";
import { swarmViewer } from "./swarm-viewer.ts";
import type { Undo } from "./undo.ts";

export const SITE = { key: "site", host: "site.test", headers: [["Host", "site.test"] as const] };
const ASK_AGAIN_MS = 1_000;
const WALL_MS = 1_795_280_400_000;

export interface DemandRigOptions {
  readonly key?: ReturnType<typeof originKeyOf>;
  readonly privatePaths?: readonly string[];
  readonly keepBytes?: number;
  readonly isLive?: (target: string) => boolean;
}

/** The on-demand side of a proxy in front of a real site of files, on a clock that the test moves. */
export async function demandRig(undo: Undo, options: DemandRigOptions = {}) {
  const {
    key = originKeyOf(generateKeyPairSync("ed25519").privateKey),
    privatePaths = [],
    keepBytes = 2 ** 26,
  } = options;
  const app = await startFileApp(undo);
  const target = createAppTarget(app.url);
  const clock = new TestClock();
  const outcomes: string[] = [];
  const faults: string[] = [];
  const rates: number[] = [];
  const onFault = (fault: string): void => void faults.push(fault);
  const ports = { key, clock, wallMs: () => WALL_MS + clock.nowMs(), keepBytes, onFault };
  const links = new SwarmLinks(ports);
  const swarms = new DemandSwarms({ ...ports, links, onRate: (_swarm, rateBps) => void rates.push(rateBps) });
  const demand = new Demand({
    app: target,
    clock,
    privatePaths,
    swarms,
    isLive: (_site, wanted) => options.isLive?.(wanted) ?? false,
    onOutcome: (outcome) => void outcomes.push(outcome),
    onError: (error) => void faults.push(String(error)),
  });
  undo(() => {
    swarms.close();
    target.close();
  });

  /** Lets messages travel and the app answer until this holds. */
  async function passUntil(holds: () => boolean, what: string): Promise<void> {
    for (let passed = 0; !holds(); passed += 1) {
      if (passed > 2_000) assert.fail(`never: ${what}; outcomes ${outcomes}, faults ${faults}`);
      clock.advance(5);
      await pause(1);
    }
  }

  /** A viewer (null: one without a link) asks for this; what its note would say of a swarm. */
  async function ask(path: string, headers: Record<string, string> = {}, peer: number | null = 5, site: Site = SITE) {
    const response = await fetch(new URL(path, app.url), { headers });
    const kind = playlistKind(path, "");
    const text = kind === undefined ? await response.body?.cancel() : await response.text();
    if (kind !== undefined) demand.onPlaylist({ site, target: path, kind, text: text ?? "" });
    return demand.admit(
      site,
      path,
      { status: response.status, headers: new HeaderList(response.headers) },
      peer ?? undefined,
    );
  }

  /** The same once strangers were asked `looks` times. */
  async function shared(path: string, headers: Record<string, string> = {}, looks = 1): Promise<NoteSwarm> {
    const before = outcomes.length;
    assert.equal(await ask(path, headers), undefined);
    await passUntil(() => outcomes.length >= before + looks, `${path} is judged`);
    await pause(1);
    return (await ask(path, headers)) ?? assert.fail(`${path} is not shared: ${outcomes}`);
  }

  /** A viewer in the swarm, with a link to the origin. */
  function viewer({ id, ticket, pages }: NoteSwarm, peer = 5) {
    const book = new PageBook(pages?.pagePieces ?? 0);
    const inbox = links.connect(peer);
    const { member, link } = swarmViewer({ clock, peer, swarm: id, ticket, verify: key.verify, inbox, book, onFault });
    const want = (pieces: readonly number[]): void => {
      for (let at = 0; at < pieces.length; at += MAX_LISTED_PIECES)
        link.sendWant(pieces.slice(at, at + MAX_LISTED_PIECES));
    };
    /** These pieces, once they have come; those that were put off are asked for again. */
    const take = async (pieces: readonly number[]): Promise<Buffer> => {
      await passUntil(() => member.links.size > 0, "both are in the swarm");
      let asks = 0;
      for (let missing = pieces; missing.length > 0; missing = pieces.filter((piece) => !member.held.has(piece))) {
        want(missing);
        const againMs = clock.nowMs() + ASK_AGAIN_MS;
        const hasCome = (): boolean => missing.every((piece) => member.held.has(piece));
        await passUntil(() => hasCome() || clock.nowMs() > againMs, `pieces ${missing}`);
        asks += 1;
        if (asks > 20) assert.fail(`asked ${asks} times for ${missing}; ${member.events.slice(-10)}`);
      }
      return Buffer.concat(pieces.map((piece) => member.held.get(piece) ?? new Uint8Array()));
    };
    return { member, book, want, take };
  }

  return { app, clock, demand, swarms, links, key, outcomes, faults, rates, passUntil, ask, shared, viewer };
}
