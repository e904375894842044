// Idle viewers without a browser: `node links-main.js URL`; for each number on standard input it opens so many more links and
// answers with a line `{"open":N}` when all are there.
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { type DataChannel, PeerConnection } from "node-datachannel";
import WebSocket from "ws";
import type { ClientSignal } from "../protocol/client-signal.ts";
import type { SessionId } from "../protocol/ids.ts";
import { SIGNAL_PATH } from "../protocol/paths.ts";
import { parseServerSignal } from "../protocol/signal.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";

interface OpenLink {
  readonly connection: PeerConnection;
  readonly channel: DataChannel;
  readonly socket: WebSocket;
}

const url = process.argv[2] ?? "";
/** Kept from the garbage collector, which would close them. */
const kept: OpenLink[] = [];

createInterface({ input: process.stdin })
  .on("line", (line) => void openLinks(Number(line)))
  .on("close", () => process.exit(0));
process.stdout.write(`${JSON.stringify({ open: 0 })}\n`);

async function openLinks(count: number): Promise<void> {
  for (const end = kept.length + count; kept.length < end; ) {
    const link = await openLink().catch(() => undefined);
    if (link) kept.push(link);
  }
  process.stdout.write(`${JSON.stringify({ open: kept.length })}\n`);
}

/** Rejects when the handshake fails: as the one who offers, this engine sometimes hears the other side before its answer. */
async function openLink(): Promise<OpenLink> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}${SIGNAL_PATH}`, { origin: url });
  const say = (signal: ClientSignal): void => socket.send(JSON.stringify(signal));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  say({ type: "hello", v: PROTOCOL_VERSION, session: randomBytes(16).toString("hex") as SessionId });
  const connection = new PeerConnection("", { iceServers: [] });
  socket.on("message", (data) => {
    const signal = parseServerSignal(String(data));
    if (connection.state() === "closed") return;
    if (signal?.type === "answer") connection.setRemoteDescription(signal.sdp, "answer");
    if (signal?.type === "candidate") connection.addRemoteCandidate(signal.candidate, signal.mid);
  });
  connection.onLocalDescription((sdp) => say({ type: "offer", attempt: 1, sdp }));
  connection.onLocalCandidate((candidate, mid) => say({ type: "candidate", attempt: 1, candidate, mid }));
  const channel = connection.createDataChannel("tuber");
  await new Promise<void>((resolve, reject) => {
    channel.onOpen(resolve);
    connection.onStateChange((state) => {
      if (state === "failed" || state === "closed") reject(new Error(`the connection is ${state}`));
    });
  }).finally(() => connection.state() === "closed" && socket.close());
  return { connection, channel, socket };
}
