import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClock } from "../testing/clock.ts";
import { FairBudget } from "./fair-budget.ts";
import { SharedUploadBudget } from "./upload-budget.ts";

const ADVANCE_BYTES = 4_194_304;
const never = (): void => assert.fail("nothing was to come");

function fair(ratio: number, rateBps = Number.POSITIVE_INFINITY): FairBudget {
  return new FairBudget(new SharedUploadBudget(new TestClock(), rateBps), ratio);
}

test("beyond the advance no more is sent than the ratio times what was taken", () => {
  const budget = fair(1.5);
  const woken: string[] = [];
  assert.equal(budget.take(ADVANCE_BYTES, never), true);
  assert.equal(
    budget.take(1, () => woken.push("now")),
    false,
  );
  budget.took(1_000);
  assert.deepEqual(woken, ["now"]);
  assert.equal(budget.take(1_500, never), true);
  assert.equal(
    budget.take(1, () => {}),
    false,
  );
});

test("while nothing may be sent the rate is 0, and nobody is refused while it is not", () => {
  const budget = fair(1.5);
  assert.equal(budget.bytesPerMs, Number.POSITIVE_INFINITY);
  assert.equal(budget.take(ADVANCE_BYTES - 1, never), true);
  assert.ok(budget.bytesPerMs > 0);
  assert.equal(budget.take(16_384, never), true);
  assert.equal(budget.bytesPerMs, 0);
  budget.took(16_384);
  assert.ok(budget.bytesPerMs > 0);
});

test("without a limit everything is sent", () => {
  const budget = fair(Number.POSITIVE_INFINITY);
  assert.equal(budget.take(1e12, never), true);
  assert.ok(budget.bytesPerMs > 0);
});

test("what the line's own budget refuses does not count as sent", () => {
  const budget = fair(1.5, 0);
  assert.equal(
    budget.take(ADVANCE_BYTES, () => {}),
    false,
  );
  assert.equal(
    budget.take(ADVANCE_BYTES, () => {}),
    false,
  );
});
