// From a shared segment to the viewers' members, over real links in memory.
import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { test } from "node:test";
import { TestClock } from "../../testing/clock.ts";
import { swarmViewer } from "../../testing/swarm-viewer.ts";
import { HeaderList } from "../header-list.ts";
import { originKeyOf } from "./origin-key.ts";
import { OriginSwarms, type SharedStream } from "./origin-swarms.ts";
import { SwarmLinks } from "./swarm-links.ts";

const STREAM: SharedStream = { path: "/live/a.m3u8", rendition: "" };
const WALL_MS = 1_795_280_400_000;

function setUp() {
  const clock = new TestClock();
  const key = originKeyOf(generateKeyPairSync("ed25519").privateKey);
  const faults: string[] = [];
  const rates: number[] = [];
  const ports = {
    key,
    clock,
    wallMs: () => WALL_MS + clock.nowMs(),
    onFault: (fault: string) => void faults.push(fault),
  };
  const links = new SwarmLinks(ports);
  const swarms = new OriginSwarms({
    ...ports,
    links,
    keepBytes: 1_000_000,
    onRate: (_swarm, rateBps) => void rates.push(rateBps),
  });
  const share = (stream: SharedStream, target: string, body: Buffer) =>
    swarms.share(stream, { target, durationMs: 2_000, statusText: "OK", headers: new HeaderList(), body });
  /** Lets messages travel and checks end. */
  const settle = async (ms = 200): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(10);
      await new Promise(setImmediate);
    }
  };
  /** A viewer with a link to the origin, which shows this ticket. */
  const viewer = (peer: number, swarm: number, ticket: string) => {
    const inbox = links.connect(peer);
    const onFault = (fault: string) => void faults.push(fault);
    const { member, link } = swarmViewer({ clock, peer, swarm, ticket, verify: key.verify, inbox, onFault });
    return { member, link, close: () => links.disconnect(inbox) };
  };
  const admit = (stream: SharedStream, peer: number) => swarms.admit(stream, peer) ?? assert.fail("no swarm");
  /** Viewer 5 is sent everything. */
  const assign = (swarm: number, peer = 5) =>
    links.assign(swarm, { stripes: 1, parents: [], children: [{ stripe: 0, peer }] });
  return { clock, swarms, share, settle, viewer, admit, assign, faults, rates };
}

test("a viewer whom the planner names gets manifest and pieces, byte for byte", async () => {
  const { share, settle, viewer, admit, assign, faults } = setUp();
  await share(STREAM, "/live/0.ts", Buffer.from("first"));
  const { id, ticket } = admit(STREAM, 5);
  const { member } = viewer(5, id, ticket);
  assign(id);
  await settle();
  const body = randomBytes(40_000);
  await share(STREAM, "/live/1.ts", body);
  await settle();
  const pieces = [1, 2, 3].map((piece) => member.held.get(piece) ?? new Uint8Array());
  assert.ok(Buffer.concat(pieces).equals(body));
  assert.deepEqual(member.events.slice(0, 3), ["link 0", "manifest 0 from 0", "manifest 1 from 0"]);
  assert.deepEqual(faults, []);
});

test("a viewer whom the planner does not name gets what it asks for and nothing else", async () => {
  const { share, settle, viewer, admit, faults } = setUp();
  await share(STREAM, "/live/0.ts", randomBytes(40_000));
  const { id, ticket } = admit(STREAM, 5);
  const { member, link } = viewer(5, id, ticket);
  await settle();
  assert.equal(member.held.size, 0);
  link.sendWant([2]);
  await settle();
  assert.deepEqual([...member.held.keys()], [2]);
  assert.deepEqual(faults, []);
});

for (const [whose, peer, ofSwarm] of [
  ["another viewer's", 6, 0],
  ["another swarm's", 5, 1],
] as const) {
  test(`${whose} ticket opens nothing`, async () => {
    const { share, settle, viewer, admit, assign, faults } = setUp();
    const streams: SharedStream[] = [STREAM, { path: "/live/b.m3u8", rendition: "" }];
    for (const stream of streams) await share(stream, "/live/0.ts", Buffer.from("first"));
    const { id } = admit(STREAM, 5);
    const { member, link } = viewer(5, id, admit(streams[ofSwarm] ?? STREAM, peer).ticket);
    assign(id);
    await share(STREAM, "/live/1.ts", Buffer.from("second"));
    link.sendWant([0]);
    await settle();
    assert.equal(member.held.size, 0);
    assert.ok(faults.includes("swarm-uninvited"), faults.join());
  });
}

test("a viewer whose ticket has ended gets nothing more", async () => {
  const { clock, share, settle, viewer, admit, assign } = setUp();
  await share(STREAM, "/live/0.ts", Buffer.from("first"));
  const { id, ticket } = admit(STREAM, 5);
  const { member } = viewer(5, id, ticket);
  assign(id);
  await settle();
  clock.advance(600_000);
  await share(STREAM, "/live/1.ts", Buffer.from("second"));
  await settle();
  assert.deepEqual([...member.held.values()].map(String), []);
  assert.ok(member.events.every((event) => event !== "manifest 1 from 0"));
});

test("a stream that has ended has no swarm, and its next segment begins another", async () => {
  const { swarms, share, admit } = setUp();
  await share(STREAM, "/live/0.ts", Buffer.from("first"));
  const { id } = admit(STREAM, 5);
  const late = share(STREAM, "/live/1.ts", Buffer.from("second"));
  swarms.end(STREAM);
  await late;
  assert.equal(swarms.admit(STREAM, 5), undefined);
  await share(STREAM, "/live/2.ts", Buffer.from("third"));
  assert.notEqual(admit(STREAM, 5).id, id);
  swarms.close();
  assert.deepEqual(swarms.status(), []);
});

test("the rate of a stream is told from its segments", async () => {
  const { swarms, share, rates } = setUp();
  await share(STREAM, "/live/0.ts", Buffer.alloc(250_000));
  await share(STREAM, "/live/1.ts", Buffer.alloc(500_000));
  assert.deepEqual(rates, [1_000_000, 1_300_000]);
  assert.deepEqual(
    swarms.status().map(({ path, segments, rateBps }) => [path, segments, rateBps]),
    [["/live/a.m3u8", 2, 1_300_000]],
  );
});

test("a segment whose head is too long is not shared", async () => {
  const { swarms } = setUp();
  const headers = new HeaderList([["X-Long", "x".repeat(10_000)]]);
  await swarms.share(STREAM, { target: "/0.ts", durationMs: 1, statusText: "OK", headers, body: Buffer.from("x") });
  assert.equal(swarms.admit(STREAM, 5), undefined);
});
