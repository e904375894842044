import assert from "node:assert/strict";
import { test } from "node:test";
import { isUsableCandidate, withoutForeignCandidates } from "./rtc-candidate.ts";

const HOST = "candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host";

test("UDP candidates with a literal address are used", () => {
  assert.equal(isUsableCandidate(HOST), true);
  assert.equal(isUsableCandidate(`a=${HOST.replace("192.0.2.7", "2001:db8::1").replace("udp", "UDP")}`), true);
});

test("candidates with a name are not used, so that strangers cannot make us ask DNS", () => {
  assert.equal(isUsableCandidate(HOST.replace("192.0.2.7", "0a1b.local")), false);
  assert.equal(isUsableCandidate(HOST.replace("192.0.2.7", "internal.example")), false);
});

test("TCP candidates and what is no candidate are not used", () => {
  assert.equal(isUsableCandidate(HOST.replace("udp", "tcp")), false);
  for (const line of ["", "candidate:", "x".repeat(1000), HOST.replace("50000", "x")])
    assert.equal(isUsableCandidate(line), false);
});

test("an offer loses the candidates that are not used and nothing else", () => {
  const sdp = ["v=0", "a=mid:0", `a=${HOST}`, `a=${HOST.replace("192.0.2.7", "x.local")}`, "a=end-of-candidates", ""];
  assert.equal(withoutForeignCandidates(sdp.join("\r\n")), sdp.toSpliced(3, 1).join("\r\n"));
});
