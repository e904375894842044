import assert from "node:assert/strict";
import { test } from "node:test";
import { AskInTurn } from "./ask-in-turn.ts";

/** Jobs that end when the test says so. */
function setUp(atOnce: number, maxWaiting: number) {
  const turn = new AskInTurn(atOnce, maxWaiting);
  const running: { name: string; end(): void }[] = [];
  const ended: string[] = [];
  const ask = (name: string) => {
    const job = () => new Promise<string>((resolve) => running.push({ name, end: () => resolve(name) }));
    void turn.ask(job, `${name} given up`).then((outcome) => ended.push(outcome));
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { ask, running, ended, settled };
}

test("only so many run at once, the others in their turn", async () => {
  const { ask, running, ended, settled } = setUp(2, 10);
  for (const name of ["a", "b", "c", "d"]) ask(name);
  assert.deepEqual(
    running.map(({ name }) => name),
    ["a", "b"],
  );
  running[1]?.end();
  await settled();
  assert.deepEqual([running.length, ended], [3, ["b"]]);
});

test("who waits longest is given up when too many wait", async () => {
  const { ask, running, ended, settled } = setUp(1, 2);
  for (const name of ["a", "b", "c", "d"]) ask(name);
  await settled();
  assert.deepEqual(ended, ["b given up"]);
  running[0]?.end();
  await settled();
  assert.equal(running[1]?.name, "c");
});
