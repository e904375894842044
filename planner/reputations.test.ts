// A reputation falls by what several say, a little by what one says, and is ruined only by proof.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Account, Reputations } from "./reputations.ts";

const GOOD: Account = { bytes: 1_000_000, missed: 0, corrupt: 0 };
const LATE: Account = { bytes: 1_000_000, missed: 5, corrupt: 0 };
const NOTHING: Account = { bytes: 0, missed: 5, corrupt: 0 };
const CORRUPT: Account = { bytes: 1_000_000, missed: 0, corrupt: 1 };
const SUSPECT = 9;

/** Each of these reporters, each in a network of its own, says the same every five seconds. */
function says(reputations: Reputations, reporters: number, account: Account, periods: number, startMs = 0): number {
  for (let period = 0; period < periods; period++) {
    for (let reporter = 1; reporter <= reporters; reporter++) {
      reputations.report(SUSPECT, reporter, `network ${reporter}`, account, startMs + 5_000 * period);
    }
  }
  return reputations.reputation(SUSPECT);
}

test("corrupt pieces seen from two networks ban for good, from one they do not", () => {
  const reputations = new Reputations();
  for (const reporter of [1, 2, 3]) reputations.report(SUSPECT, reporter, "one network", CORRUPT, 0);
  assert.equal(reputations.reputation(SUSPECT), 0.5);
  reputations.report(SUSPECT, 4, "another", CORRUPT, 59_000);
  assert.equal(reputations.reputation(SUSPECT), 0);
  says(reputations, 5, GOOD, 100);
  reputations.forget(SUSPECT);
  assert.equal(reputations.reputation(SUSPECT), 0);
});

test("accusations more than a minute apart do not count together", () => {
  const reputations = new Reputations();
  reputations.report(SUSPECT, 1, "one", CORRUPT, 0);
  reputations.report(SUSPECT, 2, "two", CORRUPT, 61_000);
  assert.ok(reputations.reputation(SUSPECT) > 0);
});

test("who accuses many that nobody else accuses is not heard any more", () => {
  const reputations = new Reputations();
  for (let peer = 100; peer < 110; peer++) reputations.report(peer, 1, "liar", CORRUPT, 0);
  assert.deepEqual(
    [100, 102, 103, 109].map((peer) => reputations.reputation(peer)),
    [0.5, 0.5, 1, 1],
  );
  reputations.report(SUSPECT, 1, "liar", CORRUPT, 0);
  reputations.report(SUSPECT, 2, "honest", CORRUPT, 0);
  assert.equal(reputations.reputation(SUSPECT), 0.5);
});

test("a banned peer's word counts for nothing", () => {
  const reputations = new Reputations();
  reputations.ban(1);
  reputations.report(SUSPECT, 1, "one", CORRUPT, 0);
  assert.equal(reputations.reputation(SUSPECT), 1);
});

test("being late for several costs more than for one, and not more for each that says so", () => {
  const one = says(new Reputations(), 1, LATE, 10);
  const several = says(new Reputations(), 3, LATE, 10);
  const many = says(new Reputations(), 12, LATE, 10);
  assert.ok(one > 0.7, `${one}`);
  assert.ok(several < 0.5 && several > 0.3, `${several}`);
  assert.ok(Math.abs(many - several) < 0.01, `${many}`);
});

test("who brings three nothing at all is known for it within two reports, but not within one", () => {
  assert.ok(says(new Reputations(), 3, NOTHING, 1) > 0.8);
  assert.equal(says(new Reputations(), 3, NOTHING, 2), 0.1);
  assert.ok(says(new Reputations(), 2, NOTHING, 2) > 0.7);
});

test("good reports bring a reputation back, slowly", () => {
  const reputations = new Reputations();
  const low = says(reputations, 3, NOTHING, 2);
  const soon = says(reputations, 3, GOOD, 1, 20_000);
  const later = says(reputations, 3, GOOD, 60, 30_000);
  assert.ok(soon > low && soon < 0.2, `${soon}`);
  assert.ok(later > 0.9, `${later}`);
});

test("only changes worth planning for are told, and each once", () => {
  const reputations = new Reputations();
  says(reputations, 1, LATE, 1);
  assert.deepEqual(reputations.takeNews(), []);
  says(reputations, 3, LATE, 2, 10_000);
  assert.equal(reputations.takeNews().length, 1);
  assert.deepEqual(reputations.takeNews(), []);
  reputations.ban(SUSPECT);
  assert.deepEqual(reputations.takeNews(), [{ peer: SUSPECT, reputation: 0 }]);
  assert.deepEqual(reputations.takeNews(), []);
});
