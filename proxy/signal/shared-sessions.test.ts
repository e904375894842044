import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "../../protocol/ids.ts";
import type { SignalSessions } from "./sessions.ts";
import { shareSessions } from "./shared-sessions.ts";

test("everybody hears everything, in order, and the first gives the number", () => {
  const heard: string[] = [];
  const one = (name: string, peer: number): SignalSessions => ({
    join: (_session, _send, address) => {
      heard.push(`${name} join ${address}`);
      return peer;
    },
    signal: (_session, { type }) => void heard.push(`${name} ${type}`),
    leave: () => void heard.push(`${name} leave`),
  });
  const sessions = shareSessions(one("planner", 5), one("origin", 9));
  const id = "0".repeat(32) as SessionId;
  assert.equal(
    sessions.join(id, () => {}, "203.0.113.5"),
    5,
  );
  sessions.signal(id, { type: "bye" });
  sessions.leave(id, () => {});
  assert.deepEqual(heard, [
    "planner join 203.0.113.5",
    "origin join 203.0.113.5",
    "planner bye",
    "origin bye",
    "planner leave",
    "origin leave",
  ]);
});
