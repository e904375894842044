// Whom a client calls from is believed of our own proxies only.
import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { TrustedPeers } from "../core/trusted-peers.ts";
import { callerAddress } from "./caller-address.ts";

const TRUSTED = new TrustedPeers(["127.0.0.1", "10.0.0.0/8"]);

function from(remoteAddress: string | undefined, forwarded?: string, trusted = TRUSTED): string | undefined {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return callerAddress({ socket: { remoteAddress }, headers } as unknown as IncomingMessage, trusted);
}

test("a socket that is none of our proxies' is the caller, whatever it says", () => {
  assert.equal(from("203.0.113.5"), "203.0.113.5");
  assert.equal(from("::ffff:203.0.113.5", "198.51.100.9"), "203.0.113.5");
  assert.equal(from(undefined), undefined);
});

test("behind our proxies it is the last address that is not theirs; what stands before it is hearsay", () => {
  assert.equal(from("127.0.0.1", "198.51.100.9"), "198.51.100.9");
  assert.equal(from("10.1.1.1", "192.0.2.66, 198.51.100.9, 10.2.2.2"), "198.51.100.9");
  assert.equal(from("10.1.1.1", "::ffff:198.51.100.9"), "198.51.100.9");
});

test("where it cannot be told, nothing is told", () => {
  assert.equal(from("127.0.0.1", "10.2.2.2"), undefined);
  assert.equal(from("127.0.0.1", "198.51.100.9, unknown"), undefined);
  assert.equal(from("127.0.0.1", "198.51.100.9", new TrustedPeers([])), undefined);
});

test("a caller on this machine is one", () => {
  assert.equal(from("127.0.0.1"), "127.0.0.1");
  assert.equal(from("::1"), "::1");
});
