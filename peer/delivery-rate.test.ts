import assert from "node:assert/strict";
import { test } from "node:test";
import { DeliveryRate } from "./delivery-rate.ts";

test("the best rate outlives a hiccup", () => {
  const rate = new DeliveryRate();
  for (let round = 0; round < 3; round += 1) rate.endRound(100_000, 20);
  for (let round = 0; round < 5; round += 1) rate.endRound(20_000, 20);
  assert.equal(rate.bestBytesPerMs, 5_000);
});

test("ACKs that come late and then in a bunch make no rate of their own", () => {
  const rate = new DeliveryRate();
  rate.endRound(20_000, 20);
  rate.endRound(180_000, 20);
  assert.equal(rate.bestBytesPerMs, 5_000);
});

test("a slower line is believed after twelve rounds", () => {
  const rate = new DeliveryRate();
  for (let round = 0; round < 3; round += 1) rate.endRound(100_000, 20);
  for (let round = 0; round < 13; round += 1) rate.endRound(20_000, 20);
  assert.equal(rate.bestBytesPerMs, 1_000);
});

test("nothing is known before the second round, nor after a cut", () => {
  const rate = new DeliveryRate();
  rate.endRound(100_000, 20);
  assert.equal(rate.bestBytesPerMs, 0);
  rate.endRound(100_000, 20);
  rate.forget();
  assert.equal(rate.bestBytesPerMs, 0);
});
