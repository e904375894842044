import assert from "node:assert/strict";
import { test } from "node:test";
import { HeaderList } from "../header-list.ts";
import { type Sender, writeForwarded } from "./forwarded-headers.ts";
import { peerAddress, TrustedPeers } from "./trusted-peers.ts";

const STRANGER: Sender = { address: "203.0.113.9", isTrusted: false, scheme: "http" };
const TUNNEL: Sender = { address: "127.0.0.1", isTrusted: true, scheme: "http" };
const FORGED: [string, string][] = [
  ["X-Forwarded-For", "1.1.1.1"],
  ["x_forwarded_for", "2.2.2.2"],
  ["X-Forwarded_Proto", "https"],
  ["X-Forwarded-Host", "evil.test"],
  ["X-Forwarded-Port", "1"],
  ["Forwarded", "for=3.3.3.3"],
  ["X-Real-IP", "4.4.4.4"],
  ["X_Real_IP", "5.5.5.5"],
];

function written(entries: [string, string][], sender: Sender): [string, string][] {
  const headers = new HeaderList([["Host", "site.test"], ...entries]);
  writeForwarded(headers, sender);
  return headers.entries().map(([name, value]) => [name, value]);
}

test("what a stranger says about its origin is discarded in every spelling and written anew", () => {
  assert.deepEqual(written(FORGED, STRANGER), [
    ["Host", "site.test"],
    ["X-Forwarded-For", "203.0.113.9"],
    ["X-Forwarded-Proto", "http"],
    ["X-Forwarded-Host", "site.test"],
  ]);
});

test("what a trusted peer says is kept and its address appended; spellings with _ are discarded all the same", () => {
  assert.deepEqual(written(FORGED, TUNNEL), [
    ["Host", "site.test"],
    ["X-Forwarded-For", "1.1.1.1, 127.0.0.1"],
    ["X-Forwarded-Host", "evil.test"],
    ["X-Forwarded-Port", "1"],
    ["Forwarded", "for=3.3.3.3"],
    ["X-Real-IP", "4.4.4.4"],
    ["X-Forwarded-Proto", "http"],
  ]);
});

test("several X-Forwarded-For lines of a trusted peer become one chain in their order", () => {
  const lines: [string, string][] = [
    ["X-Forwarded-For", "1.1.1.1"],
    ["X-Forwarded-For", "2.2.2.2"],
  ];
  assert.deepEqual(written(lines, TUNNEL)[1], ["X-Forwarded-For", "1.1.1.1, 2.2.2.2, 127.0.0.1"]);
});

test("only listed peers are trusted, loopback not by itself", () => {
  const trusted = new TrustedPeers(["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"]);
  const addresses = ["10.1.2.3", "2001:db8::5", "192.0.2.1", "127.0.0.1", "::1", "192.0.2.2", "11.0.0.1"];
  assert.deepEqual(
    addresses.map((address) => trusted.has(address)),
    [true, true, true, false, false, false, false],
  );
});

test("a trusted proxy that is no address is refused with what to write instead", () => {
  assert.throws(
    () => new TrustedPeers(["tunnel.local"]),
    /"tunnel.local" is no IP address or block; write for example/,
  );
});

test("an IPv4 peer on an IPv6 socket counts as IPv4, one that has left has no address", () => {
  assert.equal(peerAddress({ remoteAddress: "::ffff:192.0.2.1" }), "192.0.2.1");
  assert.equal(peerAddress({ remoteAddress: "fe80::1%eth0" }), "fe80::1");
  assert.equal(peerAddress({ remoteAddress: undefined }), undefined);
});
