import type { ToLinkWorker } from "./worker-port.ts";

/** One attempt at a link: the RTCPeerConnection lives in the page (nowhere else can it), its channel goes to the worker. */
export class Connection {
  readonly attempt: number;
  readonly #pc: RTCPeerConnection;
  readonly #tell: (message: ToLinkWorker, transfer?: Transferable[]) => void;

  constructor(
    attempt: number,
    stun: readonly string[],
    tell: (message: ToLinkWorker, transfer?: Transferable[]) => void,
  ) {
    this.attempt = attempt;
    this.#tell = tell;
    this.#pc = new RTCPeerConnection({ iceServers: stun.length > 0 ? [{ urls: [...stun] }] : [] });
    this.#pc.onicecandidate = ({ candidate }) => {
      if (candidate === null || candidate.candidate === "") return;
      tell({ type: "candidate", attempt, candidate: candidate.candidate, mid: candidate.sdpMid ?? "0" });
    };
    this.#pc.onconnectionstatechange = () => {
      if (this.#pc.connectionState !== "failed") return;
      tell({ type: "failed", attempt, why: "no direct path to the server (is UDP blocked?)" });
    };
    this.#handOver(this.#pc.createDataChannel("tuber"));
    void this.#offer();
  }

  async answer(sdp: string): Promise<void> {
    try {
      await this.#pc.setRemoteDescription({ type: "answer", sdp });
    } catch {
      this.#tell({ type: "failed", attempt: this.attempt, why: "the server's answer was refused by the browser" });
    }
  }

  candidate(candidate: string, mid: string): void {
    void this.#pc.addIceCandidate({ candidate, sdpMid: mid }).catch(() => undefined);
  }

  close(): void {
    this.#pc.onicecandidate = null;
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  async #offer(): Promise<void> {
    try {
      await this.#pc.setLocalDescription(await this.#pc.createOffer());
      this.#tell({ type: "offer", attempt: this.attempt, sdp: this.#pc.localDescription?.sdp ?? "" });
    } catch (error) {
      this.#tell({ type: "failed", attempt: this.attempt, why: `the browser made no offer (${String(error)})` });
    }
  }

  /** A busy page would stall a channel of its own; a worker is never busy. */
  #handOver(channel: RTCDataChannel): void {
    const { attempt } = this;
    try {
      this.#tell({ type: "channel", attempt, channel }, [channel as unknown as Transferable]);
    } catch {
      this.#tell(...relay(attempt, channel));
    }
  }
}

/** The channel stays here; a port carries its messages, and the words "open" and "close". */
function relay(attempt: number, channel: RTCDataChannel): [ToLinkWorker, Transferable[]] {
  const { port1, port2 } = new MessageChannel();
  channel.binaryType = "arraybuffer";
  channel.onopen = () => port1.postMessage("open");
  channel.onmessage = ({ data }) => port1.postMessage(data, [data]);
  channel.onclose = () => port1.postMessage("close");
  port1.onmessage = ({ data }) => {
    if (data === "close") channel.close();
    else if (channel.readyState === "open") channel.send(data);
  };
  return [{ type: "channel-port", attempt, port: port2 }, [port2]];
}
