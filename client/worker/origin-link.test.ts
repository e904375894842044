import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClock } from "../../testing/clock.ts";
import type { FromLinkWorker } from "../worker-port.ts";
import { OriginLink } from "./origin-link.ts";

/** The origin's link, its page and the server played by the test. */
class Rig {
  readonly clock = new TestClock();
  readonly toPage: FromLinkWorker[] = [];
  readonly lost: string[] = [];
  closed = 0;
  readonly link = new OriginLink({
    clock: this.clock,
    random: () => 0,
    tellPage: (message) => this.toPage.push(message),
    send: () => {},
    onOpen: () => ({
      onMessage: () => {},
      onClose: () => {
        this.closed += 1;
      },
    }),
    onLost: (why) => this.lost.push(why),
  });

  /** The page's channel for this attempt opens. */
  async open(attempt: number): Promise<void> {
    this.link.useChannel(attempt, (_events, onOpen) => {
      queueMicrotask(onOpen);
      return { send: () => true, bufferedBytes: () => 0, close: () => {} };
    });
    await Promise.resolve();
  }

  orders(): string[] {
    return this.toPage.splice(0).map((message) => ("attempt" in message ? `${message.type} ${message.attempt}` : ""));
  }
}

test("an open link to a server that was started anew is replaced at once", async () => {
  const rig = new Rig();
  await rig.open(1);
  assert.deepEqual(rig.orders(), ["connect 1"]);
  rig.link.renew();
  assert.deepEqual(rig.orders(), ["disconnect 1", "connect 2"]);
  assert.deepEqual([rig.closed, rig.lost.length], [1, 1]);
});

test("an attempt that is under way is not disturbed", () => {
  const rig = new Rig();
  rig.orders();
  rig.link.renew();
  assert.deepEqual([rig.orders(), rig.lost], [[], []]);
});
