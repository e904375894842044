// What the planner has learnt of visitors is there after a restart, whatever became of the files.
import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { Child } from "../../testing/child.ts";
import { TestClock } from "../../testing/clock.ts";
import { tempDir } from "../../testing/temp-dir.ts";
import { undoAfter } from "../../testing/undo.ts";
import { VisitorLog } from "./visitor-log.ts";
import { type VisitorRecord, visitorKey, writeRecords } from "./visitor-record.ts";

const NOW_MS = 1_700_000_000_000;
const DAY_MS = 86_400_000;

/** One run of a program with this directory. */
function run(directory: string, nowMs = NOW_MS) {
  const clock = new TestClock();
  const faults: string[] = [];
  const warnings: string[] = [];
  const say = (message: string) => void warnings.push(message);
  const log = new VisitorLog({
    directory,
    clock,
    originMs: () => nowMs + clock.nowMs(),
    log: { debug: say, info: say, warn: say, error: say },
    onFault: (fault) => void faults.push(fault),
  });
  const all = () => log.memory.all(nowMs + clock.nowMs());
  return { clock, log, memory: log.memory, faults, warnings, all };
}

function record(n: number, reputation = 1): VisitorRecord {
  return { key: visitorKey(`${n}`), reputation, uplinkBps: 1_000_000, stayMs: 60_000, seenMs: NOW_MS };
}

test("changes are written together after five seconds, and are there after a restart", async (t) => {
  const directory = join(tempDir(undoAfter(t)), "data");
  const { clock, log, memory } = run(directory);
  memory.put(record(1, 0.5));
  memory.put(record(1, 0.25));
  memory.put(record(2));
  assert.throws(() => readdirSync(directory));
  clock.advance(5_000);
  await log.flush();
  assert.equal(readFileSync(join(directory, "visitors.log"), "utf8"), writeRecords([record(1, 0.25), record(2)]));
  assert.deepEqual(run(directory).all(), [record(1, 0.25), record(2)]);
});

test("wherever the log was cut off, a restart finds how it began, and the next write makes it whole again", async (t) => {
  const directory = tempDir(undoAfter(t));
  const path = join(directory, "visitors.log");
  const records = [record(1), record(2), record(3)];
  const text = writeRecords(records);
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: text.length }), async (at) => {
      for (const name of readdirSync(directory)) truncateSync(join(directory, name));
      writeFileSync(path, text.slice(0, at));
      const first = run(directory);
      const found = first.all();
      assert.deepEqual(found, records.slice(0, found.length));
      assert.deepEqual(first.faults, []);
      first.memory.put(record(4));
      await first.log.close();
      const second = run(directory);
      assert.deepEqual(second.all(), [...found, record(4)]);
      assert.deepEqual(second.faults, []);
    }),
    { numRuns: 40 },
  );
});

test("snapshot and log together are what was put, however often it was flushed and restarted", async (t) => {
  const undo = undoAfter(t);
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ visitor: fc.nat({ max: 5 }), reputation: fc.constantFrom(0, 0.5, 1) }) },
    { weight: 2, arbitrary: fc.constant("flush" as const) },
    { weight: 1, arbitrary: fc.constant("restart" as const) },
    { weight: 1, arbitrary: fc.constant("tear" as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const directory = tempDir(undo);
      const expected = new Map<string, VisitorRecord>();
      let now = run(directory);
      for (const one of steps) {
        if (one === "flush") await now.log.flush();
        else if (one === "restart" || one === "tear") {
          await now.log.close();
          if (one === "tear") appendFileSync(join(directory, "visitors.log"), '0123abcd {"k":');
          now = run(directory);
        } else {
          const put = record(one.visitor, one.reputation);
          expected.delete(put.key);
          expected.set(put.key, put);
          now.memory.put(put);
        }
      }
      await now.log.close();
      assert.deepEqual(byKey(run(directory).all()), byKey([...expected.values()]));
    }),
    { numRuns: 40 },
  );
});

function byKey(records: readonly VisitorRecord[]): VisitorRecord[] {
  return [...records].sort((a, b) => (a.key < b.key ? -1 : 1));
}

test("the files stay small, however much is written", async (t) => {
  const directory = tempDir(undoAfter(t));
  const { log, memory } = run(directory);
  let most = 0;
  for (let round = 0; round < 60; round += 1) {
    for (let n = 0; n < 100; n += 1) memory.put(record(n, round / 60));
    await log.flush();
    const sizes = readdirSync(directory).map((name) => statSync(join(directory, name)).size);
    most = Math.max(
      most,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  }
  assert.ok(most < 120_000, `${most} bytes`);
  assert.deepEqual(byKey(run(directory).all()), byKey(Array.from({ length: 100 }, (_, n) => record(n, 0.9833))));
});

test("who was not here for a month is in neither file after the next snapshot", async (t) => {
  const directory = tempDir(undoAfter(t));
  const first = run(directory);
  first.memory.put(record(1));
  await first.log.close();
  const later = run(directory, NOW_MS + 31 * DAY_MS);
  assert.deepEqual(later.all(), []);
  appendFileSync(join(directory, "visitors.log"), "torn");
  const last = run(directory, NOW_MS + 31 * DAY_MS);
  last.memory.put({ ...record(2), seenMs: NOW_MS + 31 * DAY_MS });
  await last.log.close();
  const texts = readdirSync(directory).map((name) => readFileSync(join(directory, name), "utf8"));
  assert.ok(!texts.join("").includes(record(1).key));
});

test("a corrupt line in the middle costs itself, and is counted", async (t) => {
  const directory = tempDir(undoAfter(t));
  writeFileSync(join(directory, "visitors.log"), `${writeRecords([record(1)])}garbage\n${writeRecords([record(2)])}`);
  const { all, faults } = run(directory);
  assert.deepEqual(all(), [record(1), record(2)]);
  assert.deepEqual(faults, ["memory-corrupt"]);
});

test("where nothing can be written that is said once, and memory goes on; where it can again, all of it is written", async (t) => {
  const directory = tempDir(undoAfter(t));
  // Not even root can append to a folder.
  const obstacle = join(directory, "visitors.log");
  const { clock, log, memory, warnings, all } = run(directory);
  mkdirSync(obstacle);
  for (let n = 1; n <= 3; n += 1) {
    memory.put(record(n));
    await log.flush();
  }
  assert.deepEqual(all(), [record(1), record(2), record(3)]);
  assert.equal(warnings.length, 1);
  assert.equal(run(directory).warnings.length, 1);
  rmdirSync(obstacle);
  memory.put(record(4));
  clock.advance(600_000);
  await log.flush();
  assert.deepEqual(run(directory).all(), [record(1), record(2), record(3), record(4)]);
});

test("a time in the future is taken for now", (t) => {
  const directory = tempDir(undoAfter(t));
  writeFileSync(join(directory, "visitors.log"), writeRecords([{ ...record(1), seenMs: NOW_MS + 365 * DAY_MS }]));
  assert.deepEqual(run(directory).all(), [record(1)]);
});

const WRITER = fileURLToPath(new URL("../../testing/visitor-log-main.js", import.meta.url));
const KILLS = 12;

test("a program killed while it writes loses nothing that it was told is written", { timeout: 120_000 }, async (t) => {
  const directory = tempDir(undoAfter(t));
  let written = -1;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = new Child({ command: process.execPath, args: [WRITER, directory, String(written + 1)] });
    // Another moment each time: after so many writes, and then wherever it has got to.
    const enough = written + 40 * (1 + (kill % 4));
    await child.line((line) => {
      written = Math.max(written, Number(line));
      return written >= enough || undefined;
    });
    await child.end("SIGKILL");
    written = Math.max(written, Number(child.tail().split("\n").at(-1)));
    const { all, faults } = run(directory);
    const reputations = new Map(all().map(({ key, stayMs }) => [key, stayMs]));
    for (let n = Math.max(0, written - 49); n <= written; n += 1) {
      const stayMs = reputations.get(visitorKey(`${n % 50}`)) ?? -1;
      assert.ok(stayMs >= n, `number ${n} after kill ${kill}: ${stayMs}`);
    }
    assert.deepEqual(faults, []);
  }
  t.diagnostic(`${written + 1} writes, ${KILLS} kills`);
});
