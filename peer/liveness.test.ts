import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TestClock } from "../testing/clock.ts";
import { Liveness } from "./liveness.ts";

test("whatever the time at which the peer was heard, it is asked once after a second and a bit of silence", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 999, noNaN: true }),
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      (heardMs, sinceMs) => {
        const clock = new TestClock();
        clock.advance(sinceMs);
        let looks = 0;
        let asked = 0;
        const isExpecting = () => {
          looks += 1;
          assert.ok(looks < 100, "it looks again and again at one moment");
          return true;
        };
        const ask = () => {
          asked += 1;
        };
        const liveness = new Liveness({ clock, isExpecting, ask, onSilent() {} });
        liveness.start();
        clock.advance(heardMs);
        liveness.heard();
        clock.advance(1_002);
        assert.equal(asked, 1);
        liveness.stop();
      },
    ),
    { numRuns: 2_000 },
  );
});
