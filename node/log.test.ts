import assert from "node:assert/strict";
import { Writable } from "node:stream";
import test from "node:test";
import { createLog, type LogLevel } from "./log.ts";

function logLines(level: LogLevel, pretty = false) {
  const lines: string[] = [];
  const destination = new Writable({
    decodeStrings: false,
    write(line, _, done) {
      lines.push(String(line));
      done();
    },
  });
  return { lines, destination, log: createLog({ level, pretty, destination }) };
}

test("a line is one JSON object with level, time, phrase and fields, and nothing about the machine", () => {
  const { log, lines } = logLines("info");
  log.info("link open", { ms: 12 });
  const [line = ""] = lines;
  const { time, ...rest } = JSON.parse(line);
  assert.match(time, /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.deepEqual(rest, { level: "info", ms: 12, msg: "link open" });
});

test("lines below the level are not written", () => {
  const { log, lines } = logLines("warn");
  log.debug("frame");
  log.info("ready");
  log.warn("slow");
  log.error("dead");
  assert.equal(lines.length, 2);
});

test("silent means silent", () => {
  const { log, lines } = logLines("silent");
  log.error("dead");
  assert.equal(lines.length, 0);
});

test("no address, secret or query value is written, however deep it lies", () => {
  const { log, lines } = logLines("debug");
  const canary = "CANARY";
  log.info("request", {
    ip: canary,
    remoteAddress: canary,
    cookie: canary,
    "set-cookie": canary,
    authorization: canary,
    session: canary,
    sdp: canary,
    url: new URL(`http://host/path?token=${canary}`),
    target: `/watch?v=${canary}&list=${canary}#t`,
    deep: { headers: { cookie: canary }, list: [{ candidate: canary }] },
  });
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines.join(""), /CANARY/);
  assert.match(lines.join(""), /\/watch\?v=…&list=…/);
});

test("an error is written with its message, code and cause", () => {
  const { log, lines } = logLines("info");
  const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
  log.error("upstream away", { error: new Error("no answer", { cause }) });
  const { error } = JSON.parse(lines[0] ?? "");
  assert.equal(error.message, "no answer");
  assert.equal(error.cause.code, "ECONNREFUSED");
});

test("a field that contains itself does not hang the log", () => {
  const { log, lines } = logLines("info");
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  log.info("odd", { circle });
  assert.equal(lines.length, 1);
});

test("on a terminal lines are for people", () => {
  const { log, lines } = logLines("info", true);
  log.info("ready", { port: 8080 });
  assert.match(lines.join(""), /INFO.*ready[\s\S]*port/);
});
