// Where the app is, as DNS says it: followed when it moves, kept while DNS is away, never ourselves.
import assert from "node:assert/strict";
import type { LookupAddress } from "node:dns";
import { test } from "node:test";
import { TestClock } from "../../testing/clock.ts";
import { deferred } from "../../testing/raw-deferred.ts";
import { UpstreamAddresses } from "./upstream-addresses.ts";

const OLD: LookupAddress[] = [{ address: "10.0.0.1", family: 4 }];
const NEW: LookupAddress[] = [
  { address: "fd00::2", family: 6 },
  { address: "10.0.0.2", family: 4 },
];
const OWN = "10.0.0.9";

/** A name server of the test: `say` sets what it answers from now on. */
function nameServer(first: () => Promise<LookupAddress[]>) {
  const clock = new TestClock();
  const asked: string[] = [];
  const server = { say: first };
  const addresses = new UpstreamAddresses({
    clock,
    resolve: (name) => {
      asked.push(name);
      return server.say();
    },
    isOwn: (address) => address === OWN,
  });
  return { clock, asked, server, addresses };
}

const away = () => Promise.reject(Object.assign(new Error("no name server"), { code: "EAI_AGAIN" }));

test("however many connections begin, the name is asked for once in five seconds", async () => {
  const { addresses, asked, clock } = nameServer(async () => OLD);
  await Promise.all([addresses.of("app"), addresses.of("app")]);
  clock.advance(4_999);
  assert.deepEqual(await addresses.of("app"), OLD);
  assert.deepEqual(asked, ["app"]);
});

test("an app that has moved is found after five seconds, its addresses in the order of DNS", async () => {
  const { addresses, server, clock } = nameServer(async () => OLD);
  await addresses.of("app");
  server.say = async () => NEW;
  assert.deepEqual(await addresses.of("app"), OLD);
  clock.advance(5_000);
  assert.deepEqual(await addresses.of("app"), NEW);
});

test("while DNS fails the last good addresses serve, and it is asked again every five seconds", async () => {
  const { addresses, server, asked, clock } = nameServer(async () => OLD);
  await addresses.of("app");
  server.say = away;
  for (let round = 0; round < 3; round += 1) {
    clock.advance(5_000);
    assert.deepEqual(await addresses.of("app"), OLD);
    assert.deepEqual(await addresses.of("app"), OLD);
  }
  assert.equal(asked.length, 4);
  server.say = async () => NEW;
  clock.advance(5_000);
  assert.deepEqual(await addresses.of("app"), NEW);
});

test("a silent name server holds a connection up for a second, the next ones not at all, and may still answer", async () => {
  const { addresses, server, asked, clock } = nameServer(async () => OLD);
  await addresses.of("app");
  const late = deferred<LookupAddress[]>();
  server.say = () => late.promise;
  clock.advance(5_000);
  const waiting = addresses.of("app");
  clock.advance(1_000);
  assert.deepEqual(await waiting, OLD);
  assert.deepEqual(await addresses.of("app"), OLD);
  late.resolve(NEW);
  await late.promise;
  await Promise.resolve();
  assert.deepEqual(await addresses.of("app"), NEW);
  assert.equal(asked.length, 2);
});

test("a name that never had an address is an error, and is asked for at each try", async () => {
  const { addresses, server, asked } = nameServer(away);
  await assert.rejects(addresses.of("app"), { code: "EAI_AGAIN" });
  server.say = async () => OLD;
  assert.deepEqual(await addresses.of("app"), OLD);
  assert.equal(asked.length, 2);
});

test("an answer that leads back to ourselves counts as none", async () => {
  const own: LookupAddress = { address: OWN, family: 4 };
  const { addresses, server, clock } = nameServer(async () => [own]);
  await assert.rejects(addresses.of("app"), { code: "ELOOP" });
  server.say = async () => [own, ...OLD];
  assert.deepEqual(await addresses.of("app"), OLD);
  server.say = async () => [own];
  clock.advance(5_000);
  assert.deepEqual(await addresses.of("app"), OLD);
});
