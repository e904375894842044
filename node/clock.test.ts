import assert from "node:assert/strict";
import { once } from "node:events";
import test from "node:test";
import { Worker } from "node:worker_threads";
import { createClock } from "./clock.ts";

test("time goes forward", () => {
  const clock = createClock();
  const first = clock.nowMs();
  assert.ok(clock.nowMs() >= first);
});

test("timers do not keep the process alive, however far away", async () => {
  const program = `import(${JSON.stringify(new URL("./clock.js", import.meta.url).href)}).then(({ createClock }) => createClock().after(1e12, () => process.exit(9)))`;
  const [code] = await once(new Worker(program, { eval: true }), "exit");
  assert.equal(code, 0);
});
