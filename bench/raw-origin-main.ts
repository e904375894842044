// The bare DataChannel that Tuber's link is measured against: the same engine with the same settings, and nothing but
// 64 KiB messages. A page's channel goes to a worker, as Tuber's does. Prints its URL.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { pickRtcHost } from "../node/rtc-pick.ts";
import type { Channel } from "../peer/channel.ts";

const MESSAGE = new Uint8Array(65_536).fill(7);
/** Accepted by the engine and not yet on its way: enough for 20 ms at the highest rate. */
const HIGH_WATER_BYTES = 1_048_576;
/** The engine's channel has no event for a drained buffer. */
const LOOK_AGAIN_MS = 2;

const log = { debug: () => {}, info: () => {}, warn: () => {} };
const host = await pickRtcHost("native", { udpPort: 0, stunServers: [], log });

const WORKER = `
let wanted = 0, got = 0, begun = 0;
onmessage = ({ data: { channel, bytes } }) => {
  if (channel) {
    self.channel = channel;
    channel.binaryType = "arraybuffer";
    channel.onopen = () => postMessage("open");
    channel.onmessage = ({ data }) => {
      got += data.byteLength;
      if (got >= wanted) postMessage(performance.now() - begun);
    };
  } else {
    [wanted, got, begun] = [bytes, 0, performance.now()];
    self.channel.send(new TextEncoder().encode(String(bytes)));
  }
};`;

const PAGE = `<!doctype html><title>raw</title><script>
const worker = new Worker("/worker.js");
const heard = () => new Promise((done) => (worker.onmessage = ({ data }) => done(data)));
window.receive = (bytes) => { const ms = heard(); worker.postMessage({ bytes }); return ms; };
window.connect = async () => {
  const open = heard();
  const pc = window.pc = new RTCPeerConnection();
  const channel = pc.createDataChannel("raw");
  worker.postMessage({ channel }, [channel]);
  await pc.setLocalDescription(await pc.createOffer());
  const answer = await fetch("/offer", { method: "POST", body: pc.localDescription.sdp });
  const { sdp, candidates } = await answer.json();
  await pc.setRemoteDescription({ type: "answer", sdp });
  for (const candidate of candidates) await pc.addIceCandidate({ candidate, sdpMid: "0" });
  await open;
};
</script>`;

/** Answers an offer with the engine's answer and its candidates. */
async function onOffer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const candidates: string[] = [];
  const offer = await text(req);
  const sdp = await new Promise<string>((resolve) => {
    host.accept(offer, {
      // The page has no candidates to wait for: the engine learns its address from its first packet.
      onAnswer: (answer) => setTimeout(() => resolve(answer), 100),
      onCandidate: (candidate) => candidates.push(candidate),
      onChannel: (channel) => ({
        onMessage: (bytes) => send(channel, Number(new TextDecoder().decode(bytes))),
        onClose: () => {},
      }),
      onClose: () => {},
    });
  });
  res.end(JSON.stringify({ sdp, candidates }));
}

/** Sends this many bytes, as fast as the channel takes them. */
function send(channel: Channel, bytes: number): void {
  let rest = bytes;
  while (rest > 0 && channel.bufferedBytes() < HIGH_WATER_BYTES) {
    if (!channel.send(MESSAGE.slice(0, Math.min(rest, MESSAGE.length)))) return;
    rest -= MESSAGE.length;
  }
  if (rest > 0) setTimeout(() => send(channel, rest), LOOK_AGAIN_MS);
}

const server = createServer((req, res) => {
  if (req.url === "/offer") void onOffer(req, res);
  else if (req.url === "/worker.js") res.setHeader("content-type", "text/javascript").end(WORKER);
  else res.setHeader("content-type", "text/html").end(PAGE);
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.once("SIGTERM", () => process.exit(0));
