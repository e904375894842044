import assert from "node:assert/strict";
import { test } from "node:test";
import { planned, SWARM } from "../../testing/planner-model.ts";

const RATE_BPS = 3_000_000;

/** What a strong peer sends, in bits a second, when nobody else of its swarm of eleven can. */
function sentByStrong(trusted: boolean): number {
  const model = planned({ uploadRatio: 1.5 });
  model.join(SWARM, 1, { uplinkBps: 200_000_000, trusted });
  for (let peer = 2; peer <= 11; peer += 1) model.join(SWARM, peer, { upload: false });
  model.tick(60);
  const { children, stripes } = model.assignment(SWARM, 1) ?? { children: [], stripes: 1 };
  return (children.length * RATE_BPS) / stripes;
}

test("a viewer is asked to send at most half again what it takes, however strong it is", () => {
  const sentBps = sentByStrong(false);
  assert.ok(sentBps > RATE_BPS / 2 && sentBps <= 1.5 * RATE_BPS, `${sentBps} bit/s`);
});

test("a friend's box is asked for what it can send", () => {
  assert.ok(sentByStrong(true) > 2 * RATE_BPS);
});
