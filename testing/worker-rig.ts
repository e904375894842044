import { enterDemand } from "../client/worker/demand/enter-demand.ts";
import { ServicePort } from "../client/worker/service-port.ts";
import { MemoryStore } from "../client/worker/store/memory-store.ts";
import { Swarms } from "../client/worker/swarm/swarms.ts";
import type { PeerLink } from "../peer/link-ports.ts";
import { createDemandOrigin } from "../peer/swarm/demand-origin.ts";
import type { PieceStore } from "../peer/swarm/demand-ports.ts";
import { JoinedSwarm } from "../peer/swarm/joined-swarm.ts";
import { LinkSwarms } from "../peer/swarm/link-swarms.ts";
import type { ClientSignal } from "../protocol/client-signal.ts";
import type { Note, SwarmPages } from "../protocol/note.ts";
import type { FromProvider, ToProvider } from "../protocol/page-port.ts";
import { TestClock } from "./clock.ts";
import { linkPair } from "./link-pair.ts";
import { OriginSigner } from "./origin-signer.ts";
import type { LoadPage } from "./signed-pages.ts";
import { BytesBody } from "./sim-body.ts";
import { createMemoryChannelPair } from "./sim-channel.ts";

const SELF = 9;
const SITE = "https://site.test";
const CREDIT = 1_048_576;

/** What the service worker got of one stream. */
export interface Got {
  readonly bytes: Uint8Array[];
  readonly paths: Map<string, number>;
  note?: Note;
  outcome?: string;
  /** What the origin's link was to bring. */
  body?: BytesBody;
}

/** A Tuber worker and an origin with one link; service worker, planner and app are the test's. */
export class WorkerRig {
  readonly clock = new TestClock();
  readonly signer: OriginSigner;
  readonly signals: ClientSignal[] = [];
  readonly faults: string[] = [];
  readonly got = new Map<number, Got>();
  readonly swarms: Swarms;
  readonly far: PeerLink;
  readonly #far: LinkSwarms;
  readonly #port = new FakePort((message) => this.#hear(message));
  #streams = 0;
  #silence = Promise.resolve();

  constructor(signer = new OriginSigner(), store: PieceStore = new MemoryStore()) {
    this.signer = signer;
    this.swarms = new Swarms(
      { upload: true, uploadRatio: Number.POSITIVE_INFINITY },
      {
        clock: this.clock,
        random: () => 0.5,
        verify: signer.verify,
        digest: signer.digest,
        send: (signal) => this.signals.push(signal),
        want: () => {},
        ban: () => {},
        loadDemand: async () => (entry) => enterDemand(entry, async () => store),
        visitor: undefined,
        onFault: (peer, fault) => this.faults.push(`${peer} ${fault}`),
      },
    );
    this.swarms.welcome(SELF);
    this.#far = new LinkSwarms({ clock: this.clock, peer: SELF, onFault: () => {} });
    const ends: { near?: PeerLink } = {};
    const inbox = this.#far;
    const pair = linkPair(this.clock, {}, { peer: SELF, inbox, streams: "out" }, (_, right) => {
      const near = {
        onMessage: (bytes: Uint8Array) => ends.near?.onMessage(bytes),
        onClose: () => ends.near?.onClose(),
      };
      return createMemoryChannelPair(this.clock, near, right, 5);
    });
    this.far = pair.right;
    this.#far.carriedBy(this.far);
    const link = this.swarms.open(0, pair.channels.left);
    ends.near = link;
    new ServicePort(
      this.#port as unknown as MessagePort,
      () => link,
      () => this.swarms,
    );
  }

  /** The origin's side of this swarm. */
  serve(swarm: number, pagePieces: number, load: LoadPage): void {
    const { clock } = this;
    const loadUnlessSilent: LoadPage = async (page) => {
      await this.#silence;
      return load(page);
    };
    const random = (): number => 0.5;
    const member = createDemandOrigin({ swarm, pagePieces, clock, random, load: loadUnlessSilent, keepBytes: 0 });
    this.#far.join(new JoinedSwarm({ swarm, member }));
  }

  /** The app answers nothing more of the swarms, until the returned function is called. */
  hush(): () => void {
    let end = (): void => {};
    this.#silence = new Promise((resolve) => {
      end = resolve;
    });
    return end;
  }

  assign(seq: number, parents: number[], swarm = 5): void {
    const edges = parents.map((peer) => ({ stripe: 0, peer }));
    this.swarms.assign({ type: "assign", swarm, seq, stripes: 1, parents: edges, children: [] });
  }

  /** The app allows this URL: its note says which swarm, and the origin sends the body. */
  async note(path: string, bytes: Uint8Array, pages: unknown, range = { start: 0, end: bytes.length }, swarm = 5) {
    const stream = this.#newStream();
    const { start, end } = range;
    this.#port.say({ type: "open", stream, start, creditBytes: CREDIT });
    const got = this.#of(stream);
    got.body = new BytesBody(bytes.subarray(start, end));
    this.far.push(stream, got.body, start, end, CREDIT);
    const expiresMs = this.clock.nowMs() + 600_000;
    const ticket = Buffer.from(this.signer.ticket({ swarm, peer: SELF, expiresMs })).toString("base64url");
    const about = { id: swarm, ticket, pages: pages as SwarmPages };
    const head = { v: 1, status: 206, statusText: "Partial Content", headers: [] } as const;
    const note = { ...head, stream, start, end, total: bytes.length, swarm: about };
    this.#port.say({ type: "swarm", note, url: SITE + path });
    await this.settle(20);
    return got;
  }

  async ask(path: string, range?: string, ms = 2_000): Promise<Got> {
    const stream = this.#newStream();
    this.#port.say({ type: "ask", stream, url: SITE + path, range, creditBytes: CREDIT });
    await this.settle(ms);
    return this.#of(stream);
  }

  async settle(ms: number): Promise<void> {
    // Signatures and hashes are checked off the clock.
    for (let step = 0; step < ms; step += 5) {
      this.clock.advance(5);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  types(): string[] {
    return this.signals.splice(0).map((signal) => signal.type);
  }

  #newStream(): number {
    this.#streams += 1;
    this.got.set(this.#streams, { bytes: [], paths: new Map() });
    return this.#streams;
  }

  #of(stream: number): Got {
    return this.got.get(stream) ?? { bytes: [], paths: new Map() };
  }

  #hear(message: FromProvider): void {
    if (message.type === "link") return;
    const got = this.#of(message.stream);
    if (message.type === "note") got.note = message.note;
    if (message.type === "end") got.outcome = `end ${message.offset}`;
    if (message.type === "fail") got.outcome = message.why;
    if (message.type !== "data") return;
    const bytes = new Uint8Array(message.buffer, message.from);
    got.bytes.push(bytes);
    got.paths.set(message.path, (got.paths.get(message.path) ?? 0) + bytes.length);
    this.#port.say({ type: "consumed", stream: message.stream, bytes: bytes.length });
  }
}

/** A message port whose far end is a function; what is transferred is gone, as in browsers. */
class FakePort {
  onmessage: ((event: { data: ToProvider }) => void) | undefined;
  readonly #hear: (message: FromProvider) => void;

  constructor(hear: (message: FromProvider) => void) {
    this.#hear = hear;
  }

  postMessage(message: FromProvider, transfer: ArrayBuffer[]): void {
    const copy = structuredClone(message, { transfer });
    setImmediate(() => this.#hear(copy));
  }

  say(data: ToProvider): void {
    this.onmessage?.({ data: structuredClone(data) });
  }

  close(): void {}
}
