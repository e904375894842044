import assert from "node:assert/strict";
import { test } from "node:test";
import type { PeerLink } from "../../../peer/link-ports.ts";
import type { SwarmInbox } from "../../../peer/swarm/swarm-inbox.ts";
import type { ClientSignal } from "../../../protocol/client-signal.ts";
import { TestClock } from "../../../testing/clock.ts";
import { linkPair } from "../../../testing/link-pair.ts";
import { urlKeyOf } from "../../../testing/manifests.ts";
import { OriginSigner } from "../../../testing/origin-signer.ts";
import { createMemoryChannelPair } from "../../../testing/sim-channel.ts";
import { Swarms } from "./swarms.ts";

const SELF = 9;
const VISITOR = "0123456789abcdef0123456789abcdef";
const URL_1 = "https://site.test/live/1.ts";
const HEAD = { status: 200, statusText: "OK", headers: [["etag", '"a"']] } as const;
const NOTE = { v: 1, status: 200, statusText: "OK", headers: [], stream: 1, start: 0, end: null, total: null } as const;
const PIECE = new Uint8Array(2_000).fill(7);

/** Swarms of viewer 9, and the planner, page and origin played by the test. */
class Rig {
  readonly clock = new TestClock();
  readonly signer = new OriginSigner();
  readonly sent: ClientSignal[] = [];
  readonly banned: number[] = [];
  wanted: number[] = [];
  readonly swarms: Swarms;

  constructor() {
    this.swarms = new Swarms(
      { upload: true, uploadRatio: Number.POSITIVE_INFINITY },
      {
        clock: this.clock,
        visitor: VISITOR,
        random: () => 0,
        verify: this.signer.verify,
        digest: this.signer.digest,
        send: (signal) => this.sent.push(signal),
        want: (peers) => {
          this.wanted = [...peers];
        },
        ban: (peer) => this.banned.push(peer),
        loadDemand: () => Promise.reject(new Error("not in this test")),
        onFault: () => {},
      },
    );
  }

  join(expiresMs = 600_000, swarm = 5): void {
    const ticket = Buffer.from(this.signer.ticket({ swarm, peer: SELF, expiresMs })).toString("base64url");
    this.swarms.join({ ...NOTE, swarm: { id: swarm, ticket } }, URL_1);
  }

  assign(seq: number, parents: number[], children: number[] = []): void {
    const edges = (peers: number[]) => peers.map((peer) => ({ stripe: 0, peer }));
    const edgesOf = { parents: edges(parents), children: edges(children) };
    this.swarms.assign({ type: "assign", swarm: 5, seq, stripes: 1, ...edgesOf });
  }

  /** A link to this peer, whose end the test holds; `tickets` are those it was shown, `heard` is all it was told, by name. */
  link(peer: number): { far: PeerLink; tickets: Uint8Array[]; heard: string[] } {
    const tickets: Uint8Array[] = [];
    const heard: string[] = [];
    const inbox = new Proxy({} as SwarmInbox, {
      get: (_, name) => async (argument: Uint8Array) => {
        heard.push(String(name));
        if (name === "onTicket") tickets.push(argument);
      },
    });
    const ends: { near?: PeerLink } = {};
    const pair = linkPair(this.clock, {}, { peer: SELF, inbox, streams: peer === 0 ? "out" : "none" }, (_, right) => {
      const near = {
        onMessage: (bytes: Uint8Array) => ends.near?.onMessage(bytes),
        onClose: () => ends.near?.onClose(),
      };
      return createMemoryChannelPair(this.clock, near, right, 1);
    });
    ends.near = this.swarms.open(peer, pair.channels.left);
    return { far: pair.right, tickets, heard };
  }

  /** By which name each join went out. */
  names(): (string | undefined)[] {
    return this.sent.flatMap((signal) => (signal.type === "join" ? [signal.visitor] : []));
  }

  types(): string[] {
    return this.sent.splice(0).map((signal) => signal.type);
  }

  manifest(path: string, timeMs: number, firstPiece = 0): Uint8Array {
    return this.signer.manifest([PIECE], { swarm: 5, firstPiece, timeMs, urlKey: urlKeyOf(path), head: HEAD });
  }

  /** The origin's link brings this segment, of one piece. */
  async brings(far: PeerLink, path: string, timeMs: number, piece: number): Promise<void> {
    far.swarm(5).sendManifest(this.manifest(path, timeMs, piece));
    await this.settle(10);
    far.swarm(5).sendPiece(piece, PIECE, false);
    await this.settle(10);
  }

  /** Two segments in time: a player may be sent to the swarm. */
  async flows(far: PeerLink): Promise<void> {
    await this.brings(far, "/live/0.ts", 900, 100);
    await this.brings(far, "/live/1.ts", 1_000, 101);
    this.clock.advance(2_000);
  }

  async settle(ms: number): Promise<void> {
    // Signatures and hashes are checked off the clock.
    for (let step = 0; step < 10; step += 1) {
      this.clock.advance(ms / 10);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

test("a note's ticket makes us join, and every link is shown it, now and later", async () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  const origin = rig.link(0);
  rig.join();
  const viewer = rig.link(3);
  await rig.settle(10);
  assert.deepEqual(rig.names(), [VISITOR]);
  assert.deepEqual(rig.types(), ["means", "join"]);
  assert.deepEqual([origin.tickets.length, viewer.tickets.length], [1, 1]);
});

test("the planner that knows us again is told all anew; to one that gives us another number our tickets mean nothing", () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  rig.join();
  rig.types();
  rig.swarms.welcome(SELF);
  assert.deepEqual(rig.types(), ["means", "join"]);
  rig.swarms.welcome(SELF + 1);
  assert.deepEqual(rig.types(), ["means"]);
});

test("a change of what this browser may give is told", () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  rig.swarms.setUpload(false);
  assert.deepEqual(rig.sent.at(-1), { type: "means", means: { upload: false } });
});

test("the viewers of an assignment are wanted, the origin needs no wanting, and an older assignment changes nothing", () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  rig.join();
  rig.assign(2, [0, 3], [4, 5]);
  assert.deepEqual(rig.wanted, [3, 4, 5]);
  rig.assign(1, [7]);
  assert.deepEqual(rig.wanted, [3, 4, 5]);
  rig.assign(3, [0]);
  assert.deepEqual(rig.wanted, []);
});

test("who shares nothing announces nothing of a live stream and puts every WANT off", async () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  rig.swarms.setUpload(false);
  const origin = rig.link(0);
  rig.join();
  rig.assign(1, [0, 3]);
  const viewer = rig.link(3);
  viewer.far.swarm(5).sendTicket(rig.signer.ticket({ swarm: 5, peer: 3, expiresMs: 600_000 }));
  await rig.settle(20);
  await rig.brings(origin.far, "/live/1.ts", 1_000, 100);
  await rig.settle(500);
  assert.ok(!viewer.heard.includes("onHave"), viewer.heard.join(" "));
  viewer.far.swarm(5).sendWant([100]);
  await rig.settle(500);
  assert.ok(viewer.heard.includes("onLater"), viewer.heard.join(" "));
});

test("a swarm nobody asks anything of for half a minute is left", async () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  rig.join();
  rig.clock.advance(20_000);
  rig.join();
  rig.types();
  rig.clock.advance(29_000);
  assert.deepEqual(rig.types(), []);
  rig.clock.advance(6_000);
  assert.deepEqual(rig.types(), ["leave"]);
  assert.equal(rig.clock.pending(), 0);
});

test("a newer ticket is shown to everybody, an older one to nobody", async () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  const { tickets } = rig.link(0);
  rig.join(600_000);
  rig.join(600_000);
  await rig.settle(10);
  assert.equal(tickets.length, 1);
  rig.join(900_000);
  await rig.settle(10);
  assert.equal(tickets.length, 2);
  assert.deepEqual(rig.types(), ["means", "join", "join"]);
});

test("what the origin announced is found; near the ticket's end nothing is, so that the app is asked again", async () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  const { far } = rig.link(0);
  rig.join(200_000);
  rig.assign(1, [0]);
  await rig.brings(far, "/live/2.ts", 100_000, 0);
  assert.equal((await rig.swarms.find("https://site.test/live/2.ts"))?.swarm.joined.swarm, 5);
  await rig.brings(far, "/live/3.ts", 139_000, 1);
  assert.ok(await rig.swarms.find("https://site.test/live/3.ts"));
  await rig.brings(far, "/live/4.ts", 141_000, 2);
  assert.equal(await rig.swarms.find("https://site.test/live/4.ts"), undefined);
});

test("a manifest the origin never signed announces nothing", async () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  const { far } = rig.link(0);
  rig.join();
  rig.assign(1, [0]);
  await rig.flows(far);
  const forged = rig.manifest("/live/2.ts", 3_000, 102);
  forged[27] = 1;
  const finding = rig.swarms.find("https://site.test/live/2.ts");
  far.swarm(5).sendManifest(forged);
  await rig.settle(400);
  assert.equal(await finding, undefined);
});

test("the next segment is waited for while somebody feeds us, and not while nobody does", async () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  const { far } = rig.link(0);
  rig.join();
  rig.assign(1, [0]);
  await rig.flows(far);
  rig.assign(2, []);
  assert.equal(await rig.swarms.find("https://site.test/live/2.ts"), undefined);
  rig.assign(3, [0]);
  const finding = rig.swarms.find("https://site.test/live/2.ts");
  await rig.settle(10);
  far.swarm(5).sendManifest(rig.manifest("/live/2.ts", 3_000, 102));
  await rig.settle(10);
  assert.ok(await finding);
});

test("a segment that has only begun to come is for the app while the last one is not whole either", async () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  const { far } = rig.link(0);
  rig.join();
  rig.assign(1, [0]);
  await rig.flows(far);
  far.swarm(5).sendManifest(rig.manifest("/live/2.ts", 3_000, 102));
  await rig.settle(10);
  assert.ok(await rig.swarms.find("https://site.test/live/2.ts"));
  rig.clock.advance(2_500);
  far.swarm(5).sendManifest(rig.manifest("/live/3.ts", 5_000, 103));
  await rig.settle(10);
  assert.equal(await rig.swarms.find("https://site.test/live/3.ts"), undefined);
});

test("who sends a piece that is not the origin's is linked to no more, and reported", async () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  const origin = rig.link(0);
  rig.join();
  rig.assign(1, [3]);
  const liar = rig.link(3);
  liar.far.swarm(5).sendTicket(rig.signer.ticket({ swarm: 5, peer: 3, expiresMs: 600_000 }));
  origin.far.swarm(5).sendManifest(rig.manifest("/live/2.ts", 1_000));
  await rig.settle(20);
  liar.far.swarm(5).sendPiece(0, new Uint8Array(2_000), false);
  await rig.settle(20);
  assert.deepEqual(rig.banned, [3]);
  rig.clock.advance(5_000);
  const report = rig.sent.find((signal) => signal.type === "report");
  assert.deepEqual(
    report?.peers.map(({ peer, corrupt, bytes }) => ({ peer, corrupt, bytes })),
    [{ peer: 3, corrupt: 1, bytes: 0 }],
  );
});

test("nobody is in more than eight swarms", () => {
  const rig = new Rig();
  rig.swarms.welcome(SELF);
  for (let swarm = 1; swarm <= 20; swarm += 1) rig.join(600_000, swarm);
  assert.equal(rig.types().filter((type) => type === "join").length, 8);
});
