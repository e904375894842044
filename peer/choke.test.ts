// A viewer's uplink carries what it sends to others, and its own acknowledgements and requests: what stands in it must be gone soon.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClock } from "../testing/clock.ts";
import { linkPair } from "../testing/link-pair.ts";
import { SimLink } from "../testing/sim-link.ts";
import { SimSctp } from "../testing/sim-sctp.ts";
import { RecordingInbox } from "../testing/swarm-inbox.ts";

const PIECE_BYTES = 65_536;
const HOME_BPS = 20_000_000;
/** What a phone's bad corner leaves of it, and its queue. */
const CORNER_BPS = 200_000;
const QUEUE_BYTES = 25_000;

/** A viewer that sends each of its children a piece a second over one uplink, and what it hears of them. */
function sender(children: number, rateBps: number) {
  const clock = new TestClock();
  const uplink = new SimLink({ clock, rateBps, queueBytes: QUEUE_BYTES });
  const lost = new Set<number>();
  const links = Array.from({ length: children }, (_, child) => {
    const inbox = new RecordingInbox();
    inbox.expected = () => PIECE_BYTES;
    const { left, right } = linkPair(clock, { onSilent: () => lost.add(child) }, { inbox }, (origin, client) => {
      const sctp = new SimSctp({ clock, link: uplink, oneWayDelayMs: 10, origin, client });
      return { left: sctp.origin, right: sctp.client };
    });
    return { left, right };
  });
  let piece = 0;
  const everySecond = (): void => {
    piece += 1;
    for (const { left } of links) left.swarm(1).sendPiece(piece, new Uint8Array(PIECE_BYTES), false);
    clock.after(1_000, everySecond);
  };
  const sayHaves = (): void => {
    for (const { right } of links) right.swarm(1).sendHave(0, Uint8Array.of(1));
    clock.after(200, sayHaves);
  };
  everySecond();
  sayHaves();
  return { clock, uplink, lost };
}

test("an uplink that falls to a hundredth is rid of what was sent to others within four seconds and a half", () => {
  const { clock, uplink, lost } = sender(3, HOME_BPS);
  clock.advance(10_050);
  assert.equal(lost.size, 0);
  uplink.rateBps = CORNER_BPS;
  clock.advance(4_500);
  assert.equal(lost.size, 3);
  clock.advance(1_000);
  assert.equal(uplink.backlogBytes, 0);
});

test("a line that is slow from the beginning keeps its links: their windows fit it", () => {
  for (const children of [1, 2]) {
    const { clock, lost } = sender(children, children * CORNER_BPS);
    clock.advance(30_000);
    assert.equal(lost.size, 0, `${children}`);
  }
});

test("a line that falls to a quarter keeps its links", () => {
  const { clock, uplink, lost } = sender(2, HOME_BPS);
  clock.advance(10_050);
  uplink.rateBps = HOME_BPS / 4;
  clock.advance(30_000);
  assert.equal(lost.size, 0);
});
