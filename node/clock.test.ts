import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { createClock } from "./clock.ts";

test("time goes forward", () => {
  const clock = createClock();
  const first = clock.nowMs();
  assert.ok(clock.nowMs() >= first);
});

test("timers do not keep the process alive, and one far away does not fire at once", () => {
  const module = JSON.stringify(new URL("./clock.js", import.meta.url).href);
  const program = `import { createClock } from ${module}; createClock().after(1e12, () => process.exit(9));`;
  const args = ["--input-type=module", "--eval", program];
  assert.equal(spawnSync(process.execPath, args, { timeout: 20_000 }).status, 0);
});

test("a timer runs, a cancelled one does not", async () => {
  const clock = createClock();
  const ran: string[] = [];
  clock.after(1, () => ran.push("cancelled"))();
  // A timer of the platform's own keeps the test alive meanwhile.
  const alive = setTimeout(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    clock.after(2, resolve);
  });
  clearTimeout(alive);
  assert.deepEqual(ran, []);
});
