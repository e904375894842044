import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { after, before, describe, test } from "node:test";
import type { AttemptEvents, RtcHost } from "../node/rtc.ts";
import { chromiumMissing } from "./browser.ts";
import { type HostLink, RtcPage } from "./rtc-page.ts";

const MESSAGE_BYTES = 65_536;
const IN_FLIGHT_BYTES = 1_048_576;

/** The rules both engines keep, each shown with a real Chromium on the other side. Call once in an engine's test file. */
export function rtcContract(create: () => Promise<RtcHost>, { downloadBytes }: { downloadBytes: number }): void {
  describe("an engine and Chromium", { skip: chromiumMissing() }, () => holdToContract(create, downloadBytes));
}

function holdToContract(create: () => Promise<RtcHost>, downloadBytes: number): void {
  let host: RtcHost;
  let page: RtcPage;
  before(async () => {
    host = await create();
    page = await RtcPage.start(host);
  });
  after(async () => {
    await page.close();
    await host.close();
  });

  test("a channel opens with the page's candidates trickled before the answer", async () => {
    const link = await page.open("early");
    assert.equal(link.channel.bufferedBytes(), 0);
    link.channel.close();
    await link.closed;
  });

  test("a channel opens with the page's candidates trickled after the answer", async () => {
    const link = await page.open("late");
    link.channel.close();
    await link.closed;
  });

  test("messages of 64 KiB arrive byte-exact both ways", async () => {
    const link = await page.open();
    const sent = pattern(MESSAGE_BYTES, 7);
    assert.equal(link.channel.send(sent), true);
    assert.equal(await page.page.evaluate(`received(${link.id}, ${MESSAGE_BYTES})`), sha256(sent));
    await page.page.evaluate(`links.get(${link.id}).dc.send(bytesOf(${MESSAGE_BYTES}, 9))`);
    assert.deepEqual(Buffer.from(await link.nextMessage()), Buffer.from(pattern(MESSAGE_BYTES, 9)));
    link.channel.close();
  });

  test(`${downloadBytes} bytes arrive whole while at most 1 MiB waits in the sender`, async () => {
    const link = await page.open();
    await page.page.evaluate(`links.get(${link.id}).ack = true`);
    const body = pattern(downloadBytes, 3);
    const received = page.page.evaluate(`received(${link.id}, ${downloadBytes})`);
    const mostBuffered = await sendAcked(link, body);
    assert.equal(await received, sha256(body));
    assert.ok(mostBuffered <= IN_FLIGHT_BYTES, `${mostBuffered} bytes waited`);
    link.channel.close();
  });

  test("all links share the host's one UDP port", async () => {
    const links = await Promise.all([page.open(), page.open(), page.open()]);
    const ports = new Set(
      page.candidates.filter((line) => line.includes("typ host")).map((line) => line.split(" ")[5]),
    );
    assert.deepEqual([...ports], [String(host.udpPort)]);
    for (const link of links) assert.equal(link.channel.send(pattern(10, 1)), true);
    await Promise.all(links.map((link) => page.page.evaluate(`received(${link.id}, 10)`)));
    for (const link of links) link.channel.close();
  });

  test("a close by the host is seen by the page", async () => {
    const link = await page.open();
    link.channel.close();
    assert.equal(await page.page.evaluate(`links.get(${link.id}).closed`), true);
    await Promise.all([link.channelClosed, link.closed]);
  });

  test("a close by the host from within a message is seen by the page", async () => {
    const link = await page.open();
    const message = link.nextMessage().then(() => link.channel.close());
    await page.page.evaluate(`links.get(${link.id}).dc.send(bytesOf(2000, 9))`);
    await message;
    assert.equal(await page.page.evaluate(`links.get(${link.id}).closed`), true);
    await link.closed;
  });

  test("a close by the page is seen by the host", async () => {
    const link = await page.open();
    await page.page.evaluate(`links.get(${link.id}).pc.close()`);
    await Promise.all([link.channelClosed, link.closed]);
  });

  test("a channel closed by the page ends the link", async () => {
    const link = await page.open();
    await page.page.evaluate(`links.get(${link.id}).dc.close()`);
    await Promise.all([link.channelClosed, link.closed]);
  });

  test("a closed channel refuses to send and closes again without harm", async () => {
    const link = await page.open();
    link.channel.close();
    assert.equal(link.channel.send(pattern(10, 1)), false);
    await link.closed;
    link.channel.close();
    link.attempt.close();
    assert.equal(link.channel.send(pattern(10, 1)), false);
    assert.equal(link.channel.bufferedBytes(), 0);
    assert.deepEqual(link.attempt.path().rttMs, undefined);
  });

  test("the path says what kind of candidate the page has", async () => {
    const link = await page.open();
    assert.match(link.attempt.path().remoteKind ?? "", /^(host|srflx|prflx)$/);
    link.channel.close();
  });

  test("a second channel in a link is refused and the first goes on", async () => {
    const link = await page.open();
    await page.page.evaluate(
      `new Promise((done) => (links.get(${link.id}).pc.createDataChannel("two").onclose = done))`,
    );
    await page.page.evaluate(`links.get(${link.id}).dc.send(bytesOf(3, 0))`);
    assert.deepEqual([...(await link.nextMessage())], [...pattern(3, 0)]);
    link.channel.close();
  });

  for (const [name, sdp] of GARBAGE_OFFERS) {
    test(`an offer that is ${name} ends in onClose, without an answer`, async () => {
      assert.equal(await outcome(host, sdp), "closed");
    });
  }

  test("garbage candidates are ignored", async () => {
    const link = await page.open();
    for (const line of GARBAGE_CANDIDATES) link.attempt.addCandidate(line, "0");
    link.attempt.addCandidate("candidate:1 1 udp 1 192.0.2.1 9 typ host", "no such mid");
    assert.equal(link.channel.send(pattern(10, 1)), true);
    link.channel.close();
  });

  test("garbage datagrams on the port harm nobody", async () => {
    await sendDatagrams(host.udpPort);
    const link = await page.open();
    link.channel.close();
    await link.closed;
  });

  test("50 links opened and closed at once leave nothing open", async () => {
    for (let round = 0; round < 10; round++) {
      const links = await Promise.all([page.open(), page.open(), page.open(), page.open(), page.open()]);
      for (const link of links.slice(0, 2)) link.channel.close();
      await page.page.evaluate(`for (const id of [${links.slice(2).map((link) => link.id)}]) links.get(id).pc.close()`);
      await Promise.all(links.map((link) => link.closed));
    }
    assert.equal(host.open, 0);
  });
}

const GARBAGE_OFFERS = [
  ["empty", ""],
  ["no SDP", "hello\r\n"],
  [
    "without ICE credentials",
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
  ],
  ["binary", "\0\u{1f4a3}\uffff".repeat(300)],
] as const;

const GARBAGE_CANDIDATES = ["", "x", "candidate:", "candidate:1 1 udp x y z", `candidate:${"9".repeat(900)}`, "\0\0"];

function outcome(host: RtcHost, sdp: string): Promise<"answered" | "closed"> {
  return new Promise((done) => {
    const events: AttemptEvents = {
      onAnswer: () => done("answered"),
      onCandidate: () => undefined,
      onChannel: () => ({ onMessage: () => undefined, onClose: () => undefined }),
      onClose: () => done("closed"),
    };
    host.accept(sdp, events);
  });
}

/** Sends the body in messages, each answered by the page; returns the most bytes that ever waited in the channel. */
async function sendAcked(link: HostLink, body: Uint8Array<ArrayBuffer>): Promise<number> {
  let mostBuffered = 0;
  let inFlight = 0;
  for (let at = 0; at < body.length; at += MESSAGE_BYTES) {
    const message = body.subarray(at, at + MESSAGE_BYTES);
    while (inFlight + message.length > IN_FLIGHT_BYTES) {
      await link.nextMessage();
      inFlight -= MESSAGE_BYTES;
    }
    assert.equal(link.channel.send(message), true);
    inFlight += MESSAGE_BYTES;
    mostBuffered = Math.max(mostBuffered, link.channel.bufferedBytes());
  }
  return mostBuffered;
}

/** Datagrams nobody asked for: random ones, a cut STUN header, a binding request for an unknown user. */
async function sendDatagrams(port: number): Promise<void> {
  const socket = createSocket("udp4");
  const stun = Buffer.concat([
    Buffer.from([0, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42]),
    Buffer.alloc(12, 7),
    Buffer.from([0, 6, 0, 7]),
  ]);
  const user = Buffer.from("abcd:ef\0");
  for (const datagram of [
    Buffer.alloc(0),
    Buffer.alloc(1),
    Buffer.alloc(1400, 22),
    stun.subarray(0, 20),
    Buffer.concat([stun, user]),
  ]) {
    await new Promise((done) => socket.send(datagram, port, "127.0.0.1", done));
  }
  socket.close();
}

function pattern(length: number, seed: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 255);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
