import { createServer, type Server } from "node:http";
import { type Browser, chromium, type Page } from "playwright";
import type { Attempt, RtcHost } from "../node/rtc.ts";
import type { Channel } from "../peer/channel.ts";
import { CHROMIUM } from "./browser.ts";

/** What a page's script does in {@link RtcPage}; written for the browser, sent as text. */
const PAGE = `<!doctype html><title>links</title><script>
const links = new Map();
const bytesOf = (n, seed) => Uint8Array.from({ length: n }, (_, i) => (i * 31 + seed) & 255);
const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
const sha256 = async (parts) => hex(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
function open(id, trickle) {
  const pc = new RTCPeerConnection();
  const dc = pc.createDataChannel("tuber");
  dc.binaryType = "arraybuffer";
  const link = { pc, dc, got: [], held: [], count: 0, waiting: undefined };
  links.set(id, link);
  link.closed = new Promise((done) => (dc.onclose = () => done(true)));
  dc.onmessage = ({ data }) => {
    link.got.push(data);
    link.count += data.byteLength;
    if (link.ack) dc.send(new Uint8Array(8));
    link.waiting?.();
  };
  pc.onicecandidate = ({ candidate }) => {
    if (!candidate) return;
    const message = { type: "candidate", candidate: candidate.candidate, mid: candidate.sdpMid };
    if (trickle === "late") link.held.push(message);
    else toHost(id, message);
  };
  pc.createOffer().then((offer) => pc.setLocalDescription(offer)).then(() => toHost(id, { type: "offer", sdp: pc.localDescription.sdp }));
  return new Promise((done, fail) => {
    dc.onopen = () => done(true);
    pc.onconnectionstatechange = () => pc.connectionState === "failed" && fail(new Error("connection failed"));
  });
}
async function fromHost(id, message) {
  const { pc, held } = links.get(id);
  if (message.type === "candidate") return pc.addIceCandidate({ candidate: message.candidate, sdpMid: message.mid });
  await pc.setRemoteDescription({ type: "answer", sdp: message.sdp });
  for (const candidate of held.splice(0)) toHost(id, candidate);
}
function received(id, bytes) {
  const link = links.get(id);
  return new Promise((done) => {
    link.waiting = () => link.count >= bytes && done(sha256(link.got));
    link.waiting();
  });
}
</script>`;

/** One link as the test's own side sees it. */
export interface HostLink {
  readonly attempt: Attempt;
  readonly channel: Channel;
  /** Resolves with the next message's bytes. */
  nextMessage(): Promise<Uint8Array>;
  /** Resolves when the channel said `onClose`. */
  readonly channelClosed: Promise<void>;
  /** Resolves when the attempt said `onClose`. */
  readonly closed: Promise<void>;
}

/** A real Chromium tab whose script opens links to a host; signalling goes through the test's own process. */
export class RtcPage {
  readonly #host: RtcHost;
  readonly #browser: Browser;
  readonly #server: Server;
  readonly page: Page;
  readonly #waiting = new Map<number, (link: HostLink) => void>();
  readonly #attempts = new Map<number, Attempt>();
  #ids = 0;
  /** Candidate lines the host sent. */
  readonly candidates: string[] = [];

  private constructor(host: RtcHost, browser: Browser, server: Server, page: Page) {
    this.#host = host;
    this.#browser = browser;
    this.#server = server;
    this.page = page;
  }

  static async start(host: RtcHost): Promise<RtcPage> {
    const server = createServer((_, res) => res.setHeader("content-type", "text/html").end(PAGE));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
    });
    const page = await browser.newPage();
    const self = new RtcPage(host, browser, server, page);
    await page.exposeFunction("toHost", (id: number, message: PageMessage) => self.#fromPage(id, message));
    await page.goto(`http://127.0.0.1:${port}/`);
    return self;
  }

  /** Opens a link. `late`: the page's candidates go out only after it has the answer. */
  async open(trickle: "early" | "late" = "early"): Promise<HostLink & { readonly id: number }> {
    this.#ids += 1;
    const id = this.#ids;
    const link = new Promise<HostLink>((done) => this.#waiting.set(id, done));
    await this.page.evaluate(`open(${id}, "${trickle}")`);
    return { id, ...(await link) };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    this.#server.close();
  }

  #fromPage(id: number, message: PageMessage): void {
    if (message.type === "offer") this.#attempts.set(id, this.#accept(id, message.sdp));
    else this.#attempts.get(id)?.addCandidate(message.candidate, message.mid);
  }

  #accept(id: number, sdp: string): Attempt {
    const inbox = new Inbox();
    const channelClosed = signal();
    const closed = signal();
    const attempt = this.#host.accept(sdp, {
      onAnswer: (answer) => this.#toPage(id, { type: "answer", sdp: answer }),
      onCandidate: (candidate, mid) => {
        this.candidates.push(candidate);
        this.#toPage(id, { type: "candidate", candidate, mid });
      },
      onChannel: (channel) => {
        const link = { attempt, channel, channelClosed: channelClosed.done, closed: closed.done };
        this.#waiting.get(id)?.({ ...link, nextMessage: () => inbox.next() });
        return { onMessage: (bytes) => inbox.push(bytes), onClose: channelClosed.fire };
      },
      onClose: closed.fire,
    });
    return attempt;
  }

  /** A page that closes meanwhile answers nothing more. */
  #toPage(id: number, message: PageMessage | { type: "answer"; sdp: string }): void {
    this.page.evaluate(`fromHost(${id}, ${JSON.stringify(message)})`).catch(() => undefined);
  }
}

type PageMessage = { type: "offer"; sdp: string } | { type: "candidate"; candidate: string; mid: string };

class Inbox {
  readonly #messages: Uint8Array[] = [];
  readonly #readers: ((bytes: Uint8Array) => void)[] = [];

  push(bytes: Uint8Array): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#messages.push(bytes);
    else reader(bytes);
  }

  next(): Promise<Uint8Array> {
    const message = this.#messages.shift();
    return message === undefined ? new Promise((done) => this.#readers.push(done)) : Promise.resolve(message);
  }
}

function signal(): { done: Promise<void>; fire: () => void } {
  let fire = () => {};
  const done = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { done, fire };
}
