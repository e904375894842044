// Sender and receiver together: whatever happens between them, a sink sees the body's bytes, in order, once, and within its credit.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_STREAMS, STREAM_CREDIT_BYTES } from "../protocol/limits.ts";
import { TestClock } from "../testing/clock.ts";
import { seededRandom } from "../testing/random.ts";
import { BytesBody, FedBody } from "../testing/sim-body.ts";
import { createMemoryChannelPair } from "../testing/sim-channel.ts";
import { SimLink } from "../testing/sim-link.ts";
import { SimSctp } from "../testing/sim-sctp.ts";
import { createReceiver, type Receiver } from "../testing/stream-receiver.ts";
import { createSender, type Sender } from "../testing/stream-sender.ts";
import type { ChannelEvents } from "./channel.ts";
import type { StreamSink } from "./incoming.ts";

/** The far ends of a link that is not made yet. */
class Ends {
  sender: Sender | undefined;
  receiver: Receiver | undefined;
  readonly origin: ChannelEvents = {
    onMessage: (bytes) => this.sender?.onMessage(bytes),
    onClose: () => this.sender?.close(),
  };
  readonly client: ChannelEvents = {
    onMessage: (bytes) => this.receiver?.onMessage(bytes),
    onClose: () => this.receiver?.onClose(),
  };
}

function joined() {
  const clock = new TestClock();
  const ends = new Ends();
  const { left, right } = createMemoryChannelPair(clock, ends.origin, ends.client, 10);
  const faults: string[] = [];
  const sender = createSender({ channel: left, clock, onFault: (fault) => faults.push(fault) });
  const receiver = createReceiver({ channel: right, clock, onFault: (fault) => faults.push(fault) });
  ends.sender = sender;
  ends.receiver = receiver;
  return { clock, sender, receiver, faults, left, right };
}

/** Bytes that differ everywhere, so that a misplaced one shows. */
function noise(length: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length }, () => random() * 256);
}

/** A sink that remembers, and takes bytes only when told. */
class Reader implements StreamSink {
  readonly bytes: number[] = [];
  last: string | undefined;
  readonly #start: number;

  constructor(start: number) {
    this.#start = start;
  }

  data(bytes: Uint8Array, offset: number): void {
    assert.equal(this.last, undefined);
    assert.equal(offset, this.#start + this.bytes.length);
    this.bytes.push(...bytes);
  }

  end(offset: number): void {
    assert.equal(offset, this.#start + this.bytes.length);
    this.#finish("end");
  }

  fail(reason: string): void {
    this.#finish(reason);
  }

  #finish(how: string): void {
    assert.equal(this.last, undefined);
    this.last = how;
  }
}

interface Plan {
  readonly length: number;
  readonly start: number;
  readonly creditBytes: number;
  readonly knowsEnd: boolean;
  readonly knowsStart: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  length: fc.integer({ min: 0, max: 5_000 }),
  start: fc.integer({ min: 0, max: 2 ** 40 }),
  creditBytes: fc.integer({ min: 100, max: 3_000 }),
  knowsEnd: fc.boolean(),
  knowsStart: fc.boolean(),
});
const step = fc.record({
  stream: fc.nat({ max: 3 }),
  what: fc.constantFrom("feed", "feed", "consume", "consume", "wait", "cancel"),
  bytes: fc.integer({ min: 1, max: 2_000 }),
});

/** One stream of the property below, with what has been done to it. */
class Course {
  readonly #link: ReturnType<typeof joined>;
  readonly #stream: number;
  readonly #plan: Plan;
  readonly #source: Uint8Array;
  readonly #body = new FedBody();
  readonly #reader: Reader;
  #fedBytes = 0;
  #takenBytes = 0;
  #cancelled = false;

  constructor(link: ReturnType<typeof joined>, stream: number, plan: Plan) {
    this.#link = link;
    this.#stream = stream;
    this.#plan = plan;
    this.#source = noise(plan.length, stream);
    this.#reader = new Reader(plan.start);
    const { start, length, creditBytes, knowsEnd, knowsStart } = plan;
    link.receiver.open(stream, knowsStart ? start : null, this.#reader, creditBytes);
    link.sender.push(stream, this.#body, start, knowsEnd ? start + length : null, creditBytes);
  }

  feed(bytes: number): void {
    if (this.#fedBytes === this.#source.length) return;
    const chunk = this.#source.subarray(this.#fedBytes, this.#fedBytes + bytes);
    this.#fedBytes += chunk.length;
    this.#body.feed(chunk);
  }

  consume(bytes: number): void {
    const taken = Math.min(bytes, this.#reader.bytes.length - this.#takenBytes);
    this.#takenBytes += taken;
    this.#link.receiver.consumed(this.#stream, taken);
  }

  cancel(): void {
    this.#cancelled = true;
    this.#link.receiver.cancel(this.#stream);
  }

  /** All the rest is fed and read as it comes. */
  goOn(): void {
    this.feed(5_000);
    this.#body.finish("end");
    this.consume(5_000);
  }

  check(): void {
    const { bytes } = this.#reader;
    assert.ok(bytes.length <= this.#takenBytes + this.#plan.creditBytes, "beyond the credit");
    assert.deepEqual(bytes, [...this.#source.subarray(0, bytes.length)]);
  }

  checkLast(): void {
    if (this.#cancelled) assert.ok(this.#body.cancelled || this.#fedBytes === this.#source.length);
    else assert.deepEqual([this.#reader.last, this.#reader.bytes.length], ["end", this.#source.length]);
  }
}

test("however feeding, reading, cancelling and time interleave, each byte comes once, in order, within the credit", () => {
  fc.assert(
    fc.property(fc.array(plan, { minLength: 4, maxLength: 4 }), fc.array(step, { maxLength: 60 }), (plans, steps) => {
      const link = joined();
      const courses = plans.map((plan, stream) => new Course(link, stream, plan));
      for (const { stream, what, bytes } of steps) {
        if (what === "wait") link.clock.advance(bytes / 20);
        else courses[stream]?.[what](bytes);
        courses[stream]?.check();
      }
      for (let round = 0; round < 120; round++) {
        for (const course of courses) course.goOn();
        link.clock.advance(20);
      }
      for (const course of courses) {
        course.check();
        course.checkLast();
      }
      assert.deepEqual(link.faults, []);
      assert.equal(link.sender.stats().streams, 0);
    }),
  );
});

test("garbage at either end never throws and never reaches a sink", () => {
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc
      .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 3 }), fc.uint8Array({ maxLength: 30 }))
      .map(([type, stream, rest]) => Uint8Array.from([type, 0, 0, 0, stream, ...rest])),
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 100 }), (messages) => {
      const { clock, sender, receiver } = joined();
      const reader = new Reader(0);
      receiver.open(1, 0, reader, 1_000);
      sender.push(1, new BytesBody(noise(3_000, 1)), 0, 3_000, 1_000);
      for (const bytes of messages) {
        sender.onMessage(bytes);
        receiver.onMessage(bytes);
        clock.advance(1);
      }
      assert.ok(reader.bytes.length <= 1_000);
      clock.advance(10_000);
    }),
    { numRuns: 300 },
  );
});

test("closing the channel in mid-stream fails it at the client and cancels it at the origin", () => {
  const { clock, sender, receiver, left } = joined();
  const reader = new Reader(0);
  const body = new FedBody();
  receiver.open(1, 0, reader, 1_000);
  sender.push(1, body, 0, null, 1_000);
  clock.advance(50);
  left.close();
  clock.advance(50);
  assert.equal(reader.last, "closed");
  assert.equal(body.cancelled, true);
  assert.equal(clock.pending(), 0);
});

test("a client that is deaf for nearly three seconds gets the rest when it hears again", () => {
  const clock = new TestClock();
  const ends = new Ends();
  const state = { deafUntilMs: 0, end: 0 };
  const link = new SimLink({ clock, rateBps: 50_000_000, queueBytes: 250_000 });
  const deaf = { clientNoticesMs: (arrivedMs: number) => Math.max(arrivedMs, state.deafUntilMs) };
  const sctp = new SimSctp({ clock, link, oneWayDelayMs: 20, origin: ends.origin, client: ends.client, ...deaf });
  const sender = createSender({ channel: sctp.origin, clock });
  const receiver = createReceiver({ channel: sctp.client, clock });
  ends.sender = sender;
  ends.receiver = receiver;
  const source = noise(4_000_000, 2);
  const hash = createHash("sha256");
  const data = (bytes: Uint8Array): void => {
    hash.update(bytes);
    receiver.consumed(1, bytes.length);
  };
  const end = (offset: number): void => {
    state.end = offset;
  };
  receiver.open(1, 0, { data, end, fail: (reason) => assert.fail(reason) }, STREAM_CREDIT_BYTES);
  sender.push(1, new BytesBody(source), 0, source.length, STREAM_CREDIT_BYTES);
  clock.advance(300);
  state.deafUntilMs = clock.nowMs() + 2_900;
  clock.advance(6_000);
  assert.equal(state.end, source.length);
  assert.equal(hash.digest("hex"), createHash("sha256").update(source).digest("hex"));
});

test("hundreds of streams over a lossy thin link arrive whole, equal by hash", () => {
  const clock = new TestClock();
  const ends = new Ends();
  const link = new SimLink({ clock, rateBps: 20_000_000, queueBytes: 30_000 });
  const sctp = new SimSctp({ clock, link, oneWayDelayMs: 15, origin: ends.origin, client: ends.client });
  const sender = createSender({ channel: sctp.origin, clock });
  const receiver = createReceiver({ channel: sctp.client, clock });
  ends.sender = sender;
  ends.receiver = receiver;
  const random = seededRandom(3);
  const hashes = Array.from({ length: MAX_STREAMS }, (_, index) => {
    const source = noise(Math.floor(random() * 60_000), index);
    const stream = { arrived: createHash("sha256"), sent: createHash("sha256").update(source), ended: 0 };
    const data = (bytes: Uint8Array): void => {
      stream.arrived.update(bytes);
      receiver.consumed(index + 1, bytes.length);
    };
    const end = (): void => {
      stream.ended += 1;
    };
    receiver.open(index + 1, 0, { data, end, fail: (reason) => assert.fail(reason) }, 16_384);
    sender.push(index + 1, new BytesBody(source), 0, source.length, 16_384);
    return stream;
  });
  clock.advance(60_000);
  assert.ok(hashes.every(({ ended }) => ended === 1));
  for (const { arrived, sent } of hashes) assert.equal(arrived.digest("hex"), sent.digest("hex"));
});
