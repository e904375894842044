import assert from "node:assert/strict";
import { test } from "node:test";
import { OriginSigner } from "../../../testing/origin-signer.ts";
import { heldTicket } from "./held-ticket.ts";

const bytes = new OriginSigner().ticket({ swarm: 5, peer: 9, expiresMs: 600_000 });
const ticket = Buffer.from(bytes).toString("base64url");

test("a note's ticket for us is held as it came", () => {
  const held = heldTicket({ id: 5, ticket }, 9);
  assert.deepEqual([held?.swarm, held?.expiresMs, held?.text], [5, 600_000, ticket]);
  assert.deepEqual(Buffer.from(held?.bytes ?? []), Buffer.from(bytes));
});

test("a ticket for somebody else, for another swarm, or none at all is not held", () => {
  assert.equal(heldTicket({ id: 5, ticket }, 8), undefined);
  assert.equal(heldTicket({ id: 6, ticket }, 9), undefined);
  for (const nothing of [undefined, null, {}, { id: 5, ticket: "x" }, { id: 5, ticket: "=".repeat(107) }]) {
    assert.equal(heldTicket(nothing, 9), undefined);
  }
});
