// One budget for all links: the rate is kept, everybody gets a share, streams are not asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClock } from "../testing/clock.ts";
import { linkPair } from "../testing/link-pair.ts";
import { EndlessBody } from "../testing/sim-body.ts";
import { RecordingInbox } from "../testing/swarm-inbox.ts";
import { SharedUploadBudget } from "./upload-budget.ts";

/** Links under one budget, each with more to send than it may. */
function busyLinks(count: number, rateBps: number) {
  const clock = new TestClock();
  const budget = new SharedUploadBudget(clock, rateBps);
  const links = Array.from({ length: count }, () => {
    const inbox = new RecordingInbox();
    inbox.expected = () => 50_000_000;
    const { left } = linkPair(clock, { budget }, { inbox });
    left.swarm(1).sendPiece(0, new Uint8Array(50_000_000), true);
    return left;
  });
  const takeBytes = (): number[] => links.map((link) => link.stats().sentBytes);
  return { clock, budget, links, takeBytes };
}

test("all links together send what the budget allows, and each an equal share", () => {
  const { clock, takeBytes } = busyLinks(5, 8_000_000);
  clock.advance(10_000);
  const sent = takeBytes();
  const total = sent.reduce((sum, bytes) => sum + bytes, 0);
  assert.ok(total > 9_800_000 && total < 10_200_000, `${total} bytes in ten seconds`);
  assert.ok(Math.min(...sent) > 0.8 * Math.max(...sent), sent.join(" "));
});

test("a budget of nothing stops pieces until it is raised, and none at all stops nothing", () => {
  const { clock, budget, takeBytes } = busyLinks(2, 0);
  clock.advance(5_000);
  assert.deepEqual(takeBytes(), [0, 0]);
  budget.rateBps = 8_000_000;
  clock.advance(1_000);
  const [limited = 0] = takeBytes();
  assert.ok(limited > 400_000 && limited < 600_000, `${limited}`);
  budget.rateBps = Number.POSITIVE_INFINITY;
  clock.advance(1_000);
  assert.ok((takeBytes()[0] ?? 0) > 2_000_000);
});

test("time without anything to send buys no more than a short burst", () => {
  const clock = new TestClock();
  const budget = new SharedUploadBudget(clock, 8_000_000);
  clock.advance(3_600_000);
  let bytes = 0;
  while (budget.take(1_000, () => {})) bytes += 1_000;
  assert.ok(bytes <= 51_000, `${bytes} bytes at once`);
});

test("who comes later does not go before who waits", () => {
  const clock = new TestClock();
  const budget = new SharedUploadBudget(clock, 8_000_000);
  const order: string[] = [];
  budget.take(100, () => {});
  assert.equal(
    budget.take(100, () => order.push("first")),
    false,
  );
  clock.advance(0.5);
  assert.equal(
    budget.take(100, () => order.push("second")),
    false,
  );
  clock.advance(1);
  assert.deepEqual(order, ["first", "second"]);
});

test("streams do not wait for the budget of pieces", () => {
  const clock = new TestClock();
  const budget = new SharedUploadBudget(clock, 0);
  const { left, right } = linkPair(clock, { budget, streams: "out" }, { streams: "in" });
  let bytes = 0;
  const data = (chunk: Uint8Array): void => {
    bytes += chunk.length;
  };
  right.open(1, 0, { data, end: () => {}, fail: () => {} }, 500_000);
  left.swarm(1).sendPiece(0, new Uint8Array(1_000), true);
  left.push(1, new EndlessBody(), 0, null, 500_000);
  clock.advance(5_000);
  assert.equal(bytes, 500_000);
});

test("a link that closes while it waits keeps nobody waiting", () => {
  const { clock, links, takeBytes } = busyLinks(3, 8_000_000);
  clock.advance(100);
  links[0]?.close();
  links[1]?.close();
  const [, , before = 0] = takeBytes();
  clock.advance(1_000);
  assert.ok((takeBytes()[2] ?? 0) - before > 900_000);
});
