import assert from "node:assert/strict";
import test from "node:test";
import { suggest } from "./config-suggest.ts";

const WORDS = ["upstream", "udp-port", "listen", "log-level", "rtc"];

test("a slip of the fingers is recognised", () => {
  const cases = {
    upstrem: "upstream",
    upd_port: "udp-port",
    UDPPORT: "udp-port",
    "--lisetn": "listen",
    ups: "upstream",
  };
  for (const [typed, meant] of Object.entries(cases)) assert.equal(suggest(typed, WORDS), meant, typed);
});

test("another word is not taken for a slip", () => {
  for (const typed of ["", "x", "port", "colour", "rxy"]) assert.equal(suggest(typed, WORDS), undefined, typed);
});
