import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientSignal } from "../../protocol/client-signal.ts";
import { TestClock } from "../../testing/clock.ts";
import type { FromLinkWorker } from "../worker-port.ts";
import { ViewerLinks } from "./viewer-links.ts";

function rig(self: number) {
  const toPage: FromLinkWorker[] = [];
  const sent: ClientSignal[] = [];
  const clock = new TestClock();
  const links = new ViewerLinks(self, {
    clock,
    random: () => 0,
    tellPage: (message) => toPage.push(message),
    send: (signal) => sent.push(signal),
    onOpen: () => ({ onMessage: () => {}, onClose: () => {} }),
    onLost: () => {},
  });
  const connected = (): number[] => toPage.flatMap((message) => (message.type === "connect" ? [message.link] : []));
  return { links, toPage, sent, clock, connected };
}

const offer = { kind: "offer", attempt: 1, sdp: "" } as const;
const numbers = (from: number, count: number): Set<number> =>
  new Set(Array.from({ length: count }, (_, index) => from + index));

test("there are never more than 19 beside the origin's", () => {
  const { links, connected } = rig(1);
  links.want(numbers(2, 40));
  assert.equal(connected().length, 19);
});

test("a wanted link takes the place of the one that nobody has wanted for longest", () => {
  const { links, toPage, connected } = rig(1);
  links.want(numbers(2, 19));
  toPage.length = 0;
  links.want(new Set([...numbers(3, 18), 100]));
  assert.deepEqual(connected(), [100]);
  assert.deepEqual(
    toPage.flatMap((message) => (message.type === "disconnect" ? [message.link] : [])),
    [2],
  );
});

test("an offer is taken before our own assignment is here, and refused when there is no room", () => {
  const { links, toPage, sent } = rig(50);
  links.onMessage(4, offer);
  assert.deepEqual(toPage, [{ type: "accept", link: 4, attempt: 1, sdp: "" }]);
  links.want(numbers(60, 19));
  links.onMessage(5, offer);
  assert.deepEqual(sent, [{ type: "peer", to: 5, message: { kind: "failed", attempt: 1 } }]);
});

test("attempts at one viewer rise although the link was forgotten in between", () => {
  const { links, toPage } = rig(1);
  links.want(new Set([2]));
  links.get(2)?.close();
  links.want(new Set());
  links.want(new Set([2]));
  const attempts = toPage.flatMap((message) => (message.type === "connect" ? [message.attempt] : []));
  assert.deepEqual(attempts, [1, 2]);
});

test("we are no viewer to ourselves", () => {
  const { links, toPage } = rig(7);
  links.want(new Set([7]));
  links.onMessage(7, offer);
  assert.deepEqual(toPage, []);
});

test("a banned viewer gets no link, wanted or offering", () => {
  const { links, toPage } = rig(50);
  links.ban(4);
  links.ban(60);
  links.want(new Set([4, 60]));
  links.onMessage(4, offer);
  assert.deepEqual(toPage, []);
});
