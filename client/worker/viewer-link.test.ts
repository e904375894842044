import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelEvents } from "../../peer/channel.ts";
import type { PeerMessage } from "../../protocol/peer-message.ts";
import { TestClock } from "../../testing/clock.ts";
import type { FromLinkWorker } from "../worker-port.ts";
import { ViewerLink } from "./viewer-link.ts";

const OFFER = { kind: "offer", attempt: 7, sdp: "their offer" } as const;

/** One end of a link, its page and the other viewer played by the test. */
class Rig {
  readonly clock = new TestClock();
  readonly toPage: FromLinkWorker[] = [];
  readonly toPeer: PeerMessage[] = [];
  opened = 0;
  lost = 0;
  readonly link: ViewerLink;
  #attempts = 0;
  #channel: ChannelEvents | undefined;

  constructor(self: number, peer: number) {
    this.link = new ViewerLink(self, peer, {
      clock: this.clock,
      random: () => 0,
      nextAttempt: () => {
        this.#attempts += 1;
        return this.#attempts;
      },
      tellPage: (message) => this.toPage.push(message),
      send: (message) => this.toPeer.push(message),
      onOpen: () => {
        this.opened += 1;
        return { onMessage: () => {}, onClose: () => {} };
      },
      onLost: () => {
        this.lost += 1;
      },
    });
  }

  /** The page's channel for this attempt opens. */
  open(attempt: number): void {
    this.link.useChannel(attempt, (events, onOpen) => {
      this.#channel = events;
      queueMicrotask(onOpen);
      return { send: () => true, bufferedBytes: () => 0, close: () => {} };
    });
  }

  breaks(): void {
    this.#channel?.onClose();
  }

  orders(): string[] {
    return this.toPage.splice(0).map((message) => message.type);
  }
}

test("of two viewers the lower number offers, the higher one waits", () => {
  const lower = new Rig(3, 8);
  const higher = new Rig(8, 3);
  lower.link.setWanted(true);
  higher.link.setWanted(true);
  assert.deepEqual(lower.toPage, [{ type: "connect", link: 8, attempt: 1 }]);
  assert.deepEqual(higher.toPage, []);
  higher.link.onMessage(OFFER);
  assert.deepEqual(higher.toPage, [{ type: "accept", link: 3, attempt: 7, sdp: "their offer" }]);
});

test("an offer from the higher number, or one as old as the last, is nothing", () => {
  const lower = new Rig(3, 8);
  lower.link.onMessage(OFFER);
  assert.deepEqual(lower.toPage, []);
  const higher = new Rig(8, 3);
  higher.link.onMessage(OFFER);
  higher.toPage.length = 0;
  higher.link.onMessage(OFFER);
  assert.deepEqual(higher.toPage, []);
});

test("what page and peer say reaches the other under the attempt's number, and of other attempts nothing", () => {
  const { link, toPage, toPeer } = new Rig(3, 8);
  link.setWanted(true);
  toPage.length = 0;
  link.onPage({ type: "offer", link: 8, attempt: 1, sdp: "ours" });
  link.onPage({ type: "candidate", link: 8, attempt: 1, candidate: "c", mid: "0" });
  link.onPage({ type: "offer", link: 8, attempt: 9, sdp: "old" });
  assert.deepEqual(toPeer, [
    { kind: "offer", attempt: 1, sdp: "ours" },
    { kind: "candidate", attempt: 1, candidate: "c", mid: "0" },
  ]);
  link.onMessage({ kind: "answer", attempt: 1, sdp: "theirs" });
  link.onMessage({ kind: "answer", attempt: 9, sdp: "old" });
  assert.deepEqual(toPage, [{ type: "answer", link: 8, attempt: 1, sdp: "theirs" }]);
});

test("an attempt without a channel after six seconds failed: the other side hears it, and it is made again a second later", () => {
  const rig = new Rig(3, 8);
  rig.link.setWanted(true);
  rig.clock.advance(5_999);
  assert.deepEqual([rig.orders(), rig.toPeer], [["connect"], []]);
  rig.clock.advance(1);
  assert.deepEqual([rig.orders(), rig.toPeer], [["disconnect"], [{ kind: "failed", attempt: 1 }]]);
  rig.clock.advance(1_000);
  assert.deepEqual(rig.toPage, [{ type: "connect", link: 8, attempt: 2 }]);
});

test("after three failed attempts the viewer is left alone for ten minutes", () => {
  const rig = new Rig(3, 8);
  rig.link.setWanted(true);
  rig.clock.advance(6_000 + 1_000 + 6_000 + 2_000 + 6_000);
  assert.equal(rig.orders().filter((order) => order === "connect").length, 3);
  rig.link.setWanted(false);
  rig.link.setWanted(true);
  rig.clock.advance(599_999);
  assert.deepEqual(rig.orders(), []);
  rig.clock.advance(1);
  assert.deepEqual(rig.orders(), ["connect"]);
});

test("nothing is tried again once nobody wants the link", () => {
  const rig = new Rig(3, 8);
  rig.link.setWanted(true);
  rig.clock.advance(6_000);
  rig.link.setWanted(false);
  rig.orders();
  rig.clock.advance(3_600_000);
  assert.deepEqual(rig.orders(), []);
});

test("an open link outlives its want, and when lost it is made again only if it is wanted", async () => {
  const rig = new Rig(3, 8);
  rig.link.setWanted(true);
  rig.open(1);
  await Promise.resolve();
  rig.link.setWanted(false);
  assert.equal(rig.link.isOpen, true);
  rig.orders();
  rig.breaks();
  assert.deepEqual([rig.opened, rig.lost], [1, 1]);
  rig.clock.advance(60_000);
  assert.deepEqual(rig.orders(), ["disconnect"]);
});

test("a link that was open and is lost is no failed attempt, and is made anew", async () => {
  const rig = new Rig(3, 8);
  rig.link.setWanted(true);
  rig.open(1);
  await Promise.resolve();
  rig.breaks();
  assert.deepEqual(rig.toPeer, []);
  rig.orders();
  rig.clock.advance(1_000);
  assert.deepEqual(rig.orders(), ["connect"]);
});

test("a newer offer takes the place of an open link: the other end would not make it if its own still worked", async () => {
  const rig = new Rig(8, 3);
  rig.link.onMessage(OFFER);
  rig.open(7);
  await Promise.resolve();
  rig.orders();
  rig.link.onMessage({ ...OFFER, attempt: 9 });
  assert.deepEqual([rig.orders(), rig.lost, rig.link.isOpen], [["disconnect", "accept"], 1, false]);
});

test("when the other side gives an attempt up, so do we, and say nothing more about it", async () => {
  const rig = new Rig(8, 3);
  rig.link.onMessage(OFFER);
  rig.open(7);
  await Promise.resolve();
  rig.link.onMessage({ kind: "failed", attempt: 7 });
  assert.deepEqual([rig.link.isBusy, rig.lost, rig.toPeer], [false, 1, []]);
});

test("an attempt has one channel, and none once it is over", async () => {
  const rig = new Rig(3, 8);
  rig.link.setWanted(true);
  rig.open(1);
  rig.open(1);
  await Promise.resolve();
  assert.equal(rig.opened, 1);
  rig.link.close();
  rig.open(1);
  await Promise.resolve();
  assert.deepEqual([rig.opened, rig.lost], [1, 1]);
});
