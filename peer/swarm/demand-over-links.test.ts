// The parts of an on-demand swarm together: members, intakes, gates and links, as origin and viewers run them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeManifest } from "../../protocol/manifest.ts";
import { TestClock } from "../../testing/clock.ts";
import { linkPair } from "../../testing/link-pair.ts";
import { MemoryPieceStore } from "../../testing/memory-piece-store.ts";
import { OriginSigner } from "../../testing/origin-signer.ts";
import { seededRandom } from "../../testing/random.ts";
import { createDemandMember } from "./demand-member.ts";
import { createDemandOrigin } from "./demand-origin.ts";
import type { DemandMember } from "./demand-ports.ts";
import { JoinedSwarm } from "./joined-swarm.ts";
import { LinkSwarms } from "./link-swarms.ts";
import { PageBook } from "./page-book.ts";
import type { LoadedPage } from "./page-shelf.ts";
import { SwarmGate } from "./swarm-gate.ts";
import { SwarmIntake } from "./swarm-intake.ts";

const SWARM = 7;
const PIECE_BYTES = 65_536;
const PAGE_PIECES = 16;
const PIECES = 70;
const TOTAL = PIECES * PIECE_BYTES - 100;

class Net {
  readonly clock = new TestClock();
  readonly signer = new OriginSigner();
  readonly faults: string[] = [];
  readonly content = new Uint8Array(TOTAL).map((_, at) => (at * 7 + (at >> 12)) & 255);
  originSentBytes = 0;
  readonly origin: JoinedSwarm;
  readonly viewers: Viewer[] = [];

  constructor() {
    const random = seededRandom(1);
    const load = async (page: number): Promise<LoadedPage | undefined> => this.page(page);
    const options = { swarm: SWARM, pagePieces: PAGE_PIECES, clock: this.clock, random, load, keepBytes: 2 ** 24 };
    this.origin = new JoinedSwarm({ swarm: SWARM, member: createDemandOrigin(options) });
  }

  piece(piece: number): Uint8Array {
    return this.content.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES);
  }

  page(page: number): LoadedPage | undefined {
    const firstPiece = page * PAGE_PIECES;
    if (firstPiece >= PIECES) return undefined;
    const count = Math.min(PAGE_PIECES, PIECES - firstPiece);
    const pieces = Array.from({ length: count }, (_, at) => this.piece(firstPiece + at));
    const head = {
      status: 200 as const,
      statusText: "OK",
      headers: [],
      page: { start: firstPiece * PIECE_BYTES, total: TOTAL },
    };
    const signed = this.signer.manifest(pieces, { swarm: SWARM, segment: page, firstPiece, head });
    const manifest = decodeManifest(signed);
    return manifest && { manifest, signed, pieces };
  }

  join(store = new MemoryPieceStore()): Viewer {
    const viewer = new Viewer(this, this.viewers.length + 1, store);
    this.#link(0, this.origin, viewer.self, viewer.joined);
    for (const other of this.viewers) this.#link(other.self, other.joined, viewer.self, viewer.joined);
    this.viewers.push(viewer);
    return viewer;
  }

  async run(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10) {
      this.clock.advance(10);
      await new Promise(setImmediate);
    }
  }

  #link(low: number, lowJoined: JoinedSwarm, high: number, highJoined: JoinedSwarm): void {
    const [left, right] = [this.#towards(low, high), this.#towards(high, low)];
    const streams = low === 0 ? (["out", "in"] as const) : (["none", "none"] as const);
    const onSent = (bytes: number): void => {
      if (low === 0) this.originSentBytes += bytes;
    };
    const pair = linkPair(
      this.clock,
      { inbox: left, peer: high, streams: streams[0], onSent },
      { inbox: right, peer: low, streams: streams[1] },
    );
    left.carriedBy(pair.left);
    right.carriedBy(pair.right);
    left.join(lowJoined);
    right.join(highJoined);
  }

  #towards(self: number, peer: number): LinkSwarms {
    const { clock, signer } = this;
    const originMs = (): number => clock.nowMs();
    const gate = peer === 0 ? {} : { gate: new SwarmGate({ clock, peer, verify: signer.verify, originMs }) };
    return new LinkSwarms({ clock, peer, ...gate, onFault: (fault) => this.faults.push(`${self}: ${peer} ${fault}`) });
  }
}

class Viewer {
  readonly self: number;
  readonly store: MemoryPieceStore;
  readonly member: DemandMember;
  readonly intake: SwarmIntake;
  readonly joined: JoinedSwarm;
  readonly #net: Net;

  constructor(net: Net, self: number, store: MemoryPieceStore) {
    const { clock, signer } = net;
    this.#net = net;
    this.self = self;
    this.store = store;
    const shared = { self, swarm: SWARM, clock, random: seededRandom(self), pagePieces: PAGE_PIECES };
    this.member = createDemandMember({
      ...shared,
      store,
      digest: signer.digest,
      onFault: (peer, fault) => net.faults.push(`${self}: ${peer} ${fault}`),
    });
    this.intake = new SwarmIntake({
      swarm: SWARM,
      member: this.member,
      verify: signer.verify,
      digest: signer.digest,
      onOriginTime: () => {},
      onCorrupt: (peer, piece) => net.faults.push(`${self}: ${peer} corrupt ${piece}`),
      book: new PageBook(PAGE_PIECES),
    });
    const ticket = signer.ticket({ swarm: SWARM, peer: self, expiresMs: 1_000_000 });
    this.joined = new JoinedSwarm({ swarm: SWARM, member: this.member, intake: this.intake, ticket });
  }

  /** Which pieces are here, all of them right. */
  get pieces(): number[] {
    const held: number[] = [];
    for (let piece = 0; piece < PIECES; piece += 1) {
      const bytes = this.member.piece(piece);
      if (bytes === undefined) continue;
      assert.equal(Buffer.compare(bytes, this.#net.piece(piece)), 0, `piece ${piece}`);
      held.push(piece);
    }
    return held;
  }
}

test("a file reaches every viewer whole, leaves the origin about once, and nobody is at fault", async () => {
  const net = new Net();
  const viewers = [net.join(), net.join(), net.join()];
  await net.run(100);
  for (const { member } of viewers) member.read({}, 0, PIECES);
  await net.run(4_000);
  for (const viewer of viewers) assert.equal(viewer.pieces.length, PIECES);
  assert.ok(net.originSentBytes < 1.3 * TOTAL, `${net.originSentBytes} of ${TOTAL}`);
  assert.deepEqual(net.faults, []);
});

test("what a viewer kept from an earlier visit is good for others, without the origin", async () => {
  const before = new Net();
  const store = new MemoryPieceStore();
  const first = before.join(store);
  await before.run(100);
  first.member.read({}, 0, PIECES);
  await before.run(3_000);
  assert.equal(store.held.size, PIECES);
  const net = new Net();
  Object.assign(net, { signer: before.signer });
  const [returned, other] = [net.join(store), net.join()];
  for (const signed of store.manifests()) assert.equal(await returned.intake.onManifest(signed, returned.self), "good");
  await net.run(500);
  other.member.read({}, 0, PIECES);
  await net.run(3_000);
  assert.equal(other.pieces.length, PIECES);
  assert.equal(net.originSentBytes, 0);
  assert.deepEqual(net.faults, []);
});

test("a jump into a part nobody has is answered though nothing but its number is known", async () => {
  const net = new Net();
  const viewer = net.join();
  await net.run(100);
  const reader = {};
  viewer.member.read(reader, 0, 1);
  await net.run(30);
  viewer.member.stopReading(reader);
  viewer.member.read({}, 60, 61);
  await net.run(400);
  assert.ok(viewer.pieces.includes(60));
  assert.deepEqual(net.faults, []);
});
