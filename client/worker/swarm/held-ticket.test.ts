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

test("what a note says of pages is held as it came, whatever it is", () => {
  for (const pages of [undefined, null, 0, { a: 1 }]) {
    assert.deepEqual(heldTicket({ id: 5, ticket, pages }, 9)?.pages, pages);
  }
});

test("a ticket for somebody else, or for another swarm, is not held", () => {
  assert.equal(heldTicket({ id: 5, ticket }, 8), undefined);
  assert.equal(heldTicket({ id: 6, ticket }, 9), undefined);
});

test("garbage is not held, and breaks nothing", () => {
  const zero = Buffer.alloc(80).toString("base64url");
  const texts = ["", "x", "=".repeat(107), "é".repeat(107), "\0".repeat(107), "A".repeat(109), "A".repeat(100_000)];
  const bent = [ticket.slice(1), `${ticket}A`, `${ticket}=`, `${ticket}\n`, ` ${ticket}`, `${ticket.slice(0, 106)}+`];
  const tickets = [...texts, ...bent, zero, "_".repeat(107), undefined, null, 7, {}, [ticket]];
  const notes = tickets.map((garbage) => ({ id: 5, ticket: garbage }));
  const ids = [undefined, null, 0, -5, 5.5, "5", Number.NaN, 2 ** 32 + 5].map((id) => ({ id, ticket }));
  for (const garbage of [undefined, null, 5, ticket, [], {}, () => ticket, ...notes, ...ids]) {
    assert.equal(heldTicket(garbage, 9), undefined, JSON.stringify(garbage));
  }
});
