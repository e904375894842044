import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseClientSignal, parseClientSignals } from "./client-signal.ts";
import { MAX_SDP_BYTES } from "./limits.ts";
import { parseServerSignal } from "./signal.ts";

const SESSION = "0123456789abcdef0123456789abcdef";
const CLIENT_SIGNALS = [
  { type: "hello", v: 1, session: SESSION },
  { type: "offer", attempt: 3, sdp: "v=0" },
  { type: "candidate", attempt: 3, candidate: "candidate:1 1 udp 1 192.0.2.1 9 typ host", mid: "0" },
  { type: "ping" },
  { type: "bye" },
];
const SERVER_SIGNALS = [
  { type: "welcome", v: 1, peer: 7 },
  { type: "answer", attempt: 3, sdp: "v=0" },
  { type: "candidate", attempt: 3, candidate: "", mid: "0" },
  { type: "refused", attempt: 3, why: "full" },
  { type: "pong" },
];

test("each signal of a client comes back as it was, and so does an array of them", () => {
  for (const signal of CLIENT_SIGNALS) assert.deepEqual(parseClientSignal(JSON.stringify(signal)), signal);
  assert.deepEqual(parseClientSignals(JSON.stringify(CLIENT_SIGNALS)), CLIENT_SIGNALS);
});

test("each signal of the proxy comes back as it was", () => {
  for (const signal of SERVER_SIGNALS) assert.deepEqual(parseServerSignal(JSON.stringify(signal)), signal);
});

test("a client's signal is none to a client, and the other way round", () => {
  assert.equal(parseServerSignal(JSON.stringify(CLIENT_SIGNALS[0])), undefined);
  assert.equal(parseClientSignal(JSON.stringify(SERVER_SIGNALS[0])), undefined);
});

test("one bad signal spoils its array, and so do too many", () => {
  assert.equal(parseClientSignals(JSON.stringify([{ type: "ping" }, { type: "pong" }])), undefined);
  assert.equal(parseClientSignals(JSON.stringify(Array(65).fill({ type: "ping" }))), undefined);
});

test("an SDP beyond the limit is none", () => {
  const sdp = "x".repeat(MAX_SDP_BYTES + 1);
  assert.equal(parseClientSignal(JSON.stringify({ type: "offer", attempt: 1, sdp })), undefined);
});

test("any text is a signal or none and never throws", () => {
  const parts = fc.constantFrom("hello", "offer", "candidate", "ping", "bye", "welcome", "answer", "refused", "pong");
  const odd = fc.record({ type: parts, attempt: fc.jsonValue(), sdp: fc.jsonValue(), session: fc.jsonValue() });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        odd.map((value) => JSON.stringify(value)),
      ),
      (text) => {
        parseClientSignal(text);
        parseClientSignals(text);
        parseServerSignal(text);
      },
    ),
  );
});
