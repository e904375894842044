import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { Readable } from "node:stream";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright";
import * as v from "valibot";
import type { RtcHost } from "../../node/rtc.ts";
import { pickRtcHost } from "../../node/rtc-pick.ts";
import { SessionId } from "../../protocol/ids.ts";
import { STREAM_CREDIT_BYTES } from "../../protocol/limits.ts";
import { chromiumMissing } from "../../testing/browser.ts";
import { launchChromium, openViewer, ownLinkPage } from "../../testing/link-page.ts";
import { until } from "../../testing/until.ts";
import { createSignalServer } from "../signal/signal-server.ts";
import { createOriginPeer, type OriginPeer } from "./origin-peer.ts";
import { readableBody } from "./readable-body.ts";

const BODY_BYTES = 8_000_000;
const HIGH_WATER_BYTES = 65_536;
const content = Buffer.alloc(BODY_BYTES, "every byte of it is the app's own ");
const contentHash = createHash("sha256").update(content).digest("hex");
const faults: string[] = [];
let sentBytes = 0;

let rtc: RtcHost;
let peer: OriginPeer;
let http: Server;
let origin: string;
let browser: Browser;

describe("the origin peer of viewers in Chromium", { skip: chromiumMissing() }, () => {
  before(async () => {
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const onFault = (fault: string) => void faults.push(fault);
    const clock = { nowMs: () => performance.now(), after: timer };
    rtc = await pickRtcHost("native", { udpPort: 0, stunServers: [], log });
    const onSent = (bytes: number) => {
      sentBytes += bytes;
    };
    peer = createOriginPeer({ rtc, clock, log, onFault, onSent });
    const signal = createSignalServer({ sessions: peer, clock, onFault });
    http = createServer((req, res) => void (signal.own(req, res) || ownLinkPage(req, res) || res.writeHead(404).end()));
    http.on("upgrade", (req, socket, head) => void (signal.ownUpgrade(req, socket, head) || socket.destroy()));
    await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
    const address = http.address();
    origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    browser = await launchChromium();
  });

  after(async () => {
    await browser.close();
    peer.close();
    await rtc.close();
    http.closeAllConnections();
    http.close();
  });

  function timer(delayMs: number, run: () => void): () => void {
    const handle = setTimeout(run, delayMs).unref();
    return () => clearTimeout(handle);
  }

  const session = (digit: string) => v.parse(SessionId, digit.repeat(32));

  /** A viewer whose link both sides know to be open: the page hears of it first. */
  async function linked(digit: string, transport: "ws" | "sse"): Promise<Page> {
    const viewer = await openViewer(browser, origin, session(digit), transport);
    await until(() => peer.has(session(digit)), `the link of ${digit} is open here`);
    return viewer;
  }

  /** The content as the app would stream it, counting what was taken from it. */
  function appBody() {
    const pulled = { bytes: 0 };
    const stream = new Readable({
      highWaterMark: HIGH_WATER_BYTES,
      read() {
        const chunk = content.subarray(pulled.bytes, pulled.bytes + 16_384);
        pulled.bytes += chunk.length;
        this.push(chunk.length === 0 ? null : chunk);
      },
    });
    return { body: readableBody(stream), pulled, stream };
  }

  /** Pushes the content to a viewer that has said it expects the stream. */
  async function deliver(viewer: Page, digit: string, stream: number, paused = false) {
    await viewer.evaluate(`expect(${stream}, ${STREAM_CREDIT_BYTES}, ${paused})`);
    const app = appBody();
    assert.equal(peer.push(session(digit), stream, app.body, 0, BODY_BYTES, STREAM_CREDIT_BYTES), true);
    return { ...app, outcome: () => viewer.evaluate(`streams.get(${stream}).outcome`) };
  }

  for (const [digit, transport] of [
    ["a", "ws"],
    ["b", "sse"],
  ] as const) {
    test(`signalled over ${transport}, a pushed body arrives byte for byte and is counted`, async () => {
      const viewer = await linked(digit, transport);
      assert.equal(peer.has(session(digit)), true);
      const before = sentBytes;
      const delivery = await deliver(viewer, digit, 1);
      assert.equal(await delivery.outcome(), contentHash);
      assert.equal(sentBytes - before, BODY_BYTES);
      await viewer.close();
    });
  }

  test("a viewer that stops takes no more of the app's body than its credit, and slows nobody", async () => {
    const stopped = await linked("c", "ws");
    const other = await linked("d", "ws");
    const waiting = await deliver(stopped, "c", 5, true);
    const sameLink = await deliver(stopped, "c", 6);
    const otherLink = await deliver(other, "d", 7);
    assert.equal(await otherLink.outcome(), contentHash);
    assert.equal(await sameLink.outcome(), contentHash);
    assert.equal(await stopped.evaluate("streams.get(5).state.bytes"), STREAM_CREDIT_BYTES);
    assert.ok(waiting.pulled.bytes <= STREAM_CREDIT_BYTES + 2 * HIGH_WATER_BYTES, `${waiting.pulled.bytes} pulled`);
    await stopped.evaluate("resume(5)");
    assert.equal(await waiting.outcome(), contentHash);
    await Promise.all([stopped.close(), other.close()]);
  });

  test("a link survives its signalling, and ends with its page", async () => {
    const viewer = await linked("e", "ws");
    await viewer.evaluate("link.signal.close()");
    const delivery = await deliver(viewer, "e", 9);
    assert.equal(await delivery.outcome(), contentHash);
    const cut = await deliver(viewer, "e", 10, true);
    const closed = new Promise((done) => cut.stream.once("close", done));
    await viewer.evaluate("link.pc.close()");
    await closed;
    assert.equal(peer.has(session("e")), false);
    await viewer.close();
  });

  test("a page that sends garbage on its channel is counted, and its streams go on", async () => {
    const viewer = await linked("f", "ws");
    const delivery = await deliver(viewer, "f", 11);
    await viewer.evaluate(
      "for (let i = 0; i < 50; i++) link.dc.send(crypto.getRandomValues(new Uint8Array(i * 20)).fill(200, 0, 1))",
    );
    await viewer.evaluate("link.dc.send('text')");
    assert.equal(await delivery.outcome(), contentHash);
    assert.equal(faults.filter((fault) => fault === "link-malformed").length, 50);
    await viewer.close();
  });

  test("a page that floods its channel loses the link", async () => {
    const viewer = await linked("9", "ws");
    const closed = viewer.evaluate("new Promise((done) => (link.dc.onclose = () => done('closed')))");
    await viewer.evaluate("link.dc.send(new Uint8Array(2000))");
    assert.equal(await closed, "closed");
    assert.ok(faults.includes("link-oversize"));
    await viewer.close();
  });

  test("the status shows each link and never its session", async () => {
    const viewer = await linked("8", "ws");
    await (await deliver(viewer, "8", 12)).outcome();
    const status = peer.links().find((link) => link.bytesSent === BODY_BYTES && link.state === "open");
    assert.match(status?.session ?? "", /^[0-9a-f]{8}$/);
    assert.match(status?.remoteKind ?? "", /^(host|prflx)$/);
    assert.ok((status?.rttMs ?? -1) >= 0);
    assert.doesNotMatch(JSON.stringify(peer.links()), /8{32}/);
    await viewer.close();
  });
});
