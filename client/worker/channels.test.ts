import assert from "node:assert/strict";
import { test } from "node:test";
import { dataChannel } from "./channels.ts";

/** What {@link dataChannel} uses of an RTCDataChannel, driven by the test: it refuses to send before it is open, as browsers do. */
class DrivenChannel {
  readyState: RTCDataChannelState = "connecting";
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  binaryType = "blob";
  readonly bufferedAmount = 0;

  send(): void {
    if (this.readyState !== "open") throw new DOMException("not open", "InvalidStateError");
  }

  close(): void {
    this.readyState = "closed";
  }

  open(): void {
    this.readyState = "open";
    this.onopen?.();
  }

  bring(byte: number): void {
    this.onmessage?.({ data: new Uint8Array([byte]).buffer });
  }
}

/** A channel whose owner answers the moment it opens; `log`: what its owner heard, in order. */
function listen(driven: DrivenChannel): readonly string[] {
  const log: string[] = [];
  let isOpen = false;
  const channel = dataChannel(
    driven as unknown as RTCDataChannel,
    { onMessage: (bytes) => log.push(`message ${bytes[0]}`), onClose: () => log.push("closed") },
    () => {
      if (!isOpen) log.push(channel.send(new Uint8Array(1)) ? "open" : "refused");
      isOpen = true;
    },
  );
  return log;
}

test("what comes before the channel can send is heard after it has opened, in order", () => {
  const driven = new DrivenChannel();
  const log = listen(driven);
  driven.bring(1);
  driven.bring(2);
  assert.deepEqual(log, []);
  driven.open();
  driven.bring(3);
  assert.deepEqual(log, ["open", "message 1", "message 2", "message 3"]);
});

test("a channel that comes open and brings a message before anything else opens with it", async () => {
  const driven = new DrivenChannel();
  driven.readyState = "open";
  const log = listen(driven);
  driven.bring(1);
  await Promise.resolve();
  assert.deepEqual(log, ["open", "message 1"]);
});

test("a channel that comes open opens without a message", async () => {
  const driven = new DrivenChannel();
  driven.readyState = "open";
  const log = listen(driven);
  await Promise.resolve();
  assert.deepEqual(log, ["open"]);
});

test("a channel that closes is heard of", () => {
  const driven = new DrivenChannel();
  const log = listen(driven);
  driven.onclose?.();
  assert.deepEqual(log, ["closed"]);
});
