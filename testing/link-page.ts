import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Browser, chromium, type Page } from "playwright";
import { CHROMIUM } from "./browser.ts";

/** The built zones, as the page imports them. */
const DIST = new URL("../", import.meta.url);

/** A client of the origin as a page: signalling by hand, streams by the product's own link engine. */
const SCRIPT = `
import { createPeerLink } from "/dist/peer/peer-link.js";
const clock = { nowMs: () => performance.now(), after: (ms, run) => { const t = setTimeout(run, ms); return () => clearTimeout(t); } };
const channel = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
const signals = {
  ws: (onMessage) => new Promise((done) => {
    const socket = new WebSocket(location.origin.replace("http", "ws") + "/__tuber/signal");
    socket.onmessage = ({ data }) => onMessage(JSON.parse(data));
    socket.onopen = () => done({ send: (message) => socket.send(JSON.stringify(message)), close: () => socket.close() });
  }),
  sse: (onMessage) => new Promise((done) => {
    const events = new EventSource("/__tuber/signal/events?channel=" + channel);
    let last = Promise.resolve();
    const post = (body) => fetch("/__tuber/signal/messages?channel=" + channel, { method: "POST", body: JSON.stringify(body) });
    events.onmessage = ({ data }) => onMessage(JSON.parse(data));
    events.onopen = () => done({ send: (message) => (last = last.then(() => post([message]))), close: () => events.close() });
  }),
};
const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
window.refusals = [];
window.connect = async (session, transport, attempt = 1) => {
  const pc = new RTCPeerConnection();
  const dc = pc.createDataChannel("tuber", { ordered: true });
  dc.binaryType = "arraybuffer";
  const receiver = createPeerLink({
    peer: 0,
    streams: "in",
    clock,
    channel: {
      send: (bytes) => { try { dc.send(bytes); return true; } catch { return false; } },
      bufferedBytes: () => dc.bufferedAmount,
      close: () => pc.close(),
    },
  });
  dc.onmessage = ({ data }) => receiver.onMessage(new Uint8Array(data));
  dc.onclose = () => receiver.onClose();
  const open = new Promise((done) => (dc.onopen = done));
  const signal = await signals[transport](async (message) => {
    if (message.type === "answer") await pc.setRemoteDescription({ type: "answer", sdp: message.sdp });
    if (message.type === "candidate") await pc.addIceCandidate({ candidate: message.candidate, sdpMid: message.mid });
    if (message.type === "refused") refusals.push(message.why);
  });
  signal.send({ type: "hello", v: 1, session });
  pc.onicecandidate = ({ candidate }) => candidate?.candidate &&
    signal.send({ type: "candidate", attempt, candidate: candidate.candidate, mid: candidate.sdpMid });
  await pc.setLocalDescription(await pc.createOffer());
  signal.send({ type: "offer", attempt, sdp: pc.localDescription.sdp });
  await open;
  window.link = { pc, dc, receiver, signal };
};
window.streams = new Map();
window.expect = (stream, creditBytes, paused) => {
  const parts = [];
  const state = { bytes: 0, waiting: 0, paused };
  const outcome = new Promise((done) => link.receiver.open(stream, 0, {
    data: (bytes) => {
      parts.push(bytes.slice());
      state.bytes += bytes.length;
      if (state.paused) state.waiting += bytes.length;
      else link.receiver.consumed(stream, bytes.length);
    },
    end: async () => done(hex(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()))),
    fail: (reason) => done("failed: " + reason),
  }, creditBytes));
  streams.set(stream, { state, outcome });
};
window.resume = (stream) => {
  const { state } = streams.get(stream);
  state.paused = false;
  link.receiver.consumed(stream, state.waiting);
};
window.ready = true;
`;

/** Serves the page at `/` and the built modules it imports; false if the request is for neither. */
export function ownLinkPage(req: IncomingMessage, res: ServerResponse): boolean {
  const url = req.url ?? "";
  if (url === "/") {
    res
      .setHeader("content-type", "text/html")
      .end(`<!doctype html><title>viewer</title><script type="module">${SCRIPT}</script>`);
  } else if (/^\/dist\/[\w./-]+\.js$/.test(url) && !url.includes("..")) {
    readFile(new URL(url.slice("/dist/".length), DIST)).then(
      (text) => res.setHeader("content-type", "text/javascript").end(text),
      () => res.writeHead(404).end(),
    );
  } else {
    return false;
  }
  return true;
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
  });
}

/** A viewer's tab with an open link of this session. */
export async function openViewer(
  browser: Browser,
  origin: string,
  session: string,
  transport: "ws" | "sse",
): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(origin);
  await page.waitForFunction("window.ready");
  await page.evaluate(`connect("${session}", "${transport}")`);
  return page;
}
