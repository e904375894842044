import { ORIGIN_LINK, type ToLinkWorker } from "./worker-port.ts";

/** Tells the Tuber worker. */
export type TellWorker = (message: ToLinkWorker, transfer?: Transferable[]) => void;

/** One attempt at a link: the RTCPeerConnection lives in the page (nowhere else can it), its channel goes to the worker. */
export class Connection {
  readonly attempt: number;
  readonly #link: number;
  readonly #pc: RTCPeerConnection;
  readonly #tell: TellWorker;

  private constructor(link: number, attempt: number, stun: readonly string[], tell: TellWorker) {
    this.#link = link;
    this.attempt = attempt;
    this.#tell = tell;
    this.#pc = new RTCPeerConnection({ iceServers: stun.length > 0 ? [{ urls: [...stun] }] : [] });
    this.#pc.onicecandidate = ({ candidate }) => {
      if (candidate === null || candidate.candidate === "") return;
      tell({ type: "candidate", link, attempt, candidate: candidate.candidate, mid: candidate.sdpMid ?? "0" });
    };
    this.#pc.onconnectionstatechange = () => {
      if (this.#pc.connectionState === "failed") this.#fail(`no direct path to ${nameOf(link)} (is UDP blocked?)`);
    };
  }

  /** Begins with an offer; throws what the browser throws if it makes no connection at all. */
  static offering(link: number, attempt: number, stun: readonly string[], tell: TellWorker): Connection {
    const connection = new Connection(link, attempt, stun, tell);
    connection.#handOver(connection.#pc.createDataChannel("tuber"));
    void connection.#describe("offer");
    return connection;
  }

  /** Begins with the other side's offer; throws what the browser throws if it makes no connection at all. */
  static answering(link: number, attempt: number, stun: readonly string[], tell: TellWorker, sdp: string): Connection {
    const connection = new Connection(link, attempt, stun, tell);
    connection.#pc.ondatachannel = ({ channel }) => {
      // A link has one channel. It is handed over in the event itself: a moment later it cannot be transferred any more.
      connection.#pc.ondatachannel = null;
      connection.#handOver(channel);
    };
    void connection.#setRemote({ type: "offer", sdp }).then(async (done) => {
      if (done) await connection.#describe("answer");
    });
    return connection;
  }

  async answer(sdp: string): Promise<void> {
    await this.#setRemote({ type: "answer", sdp });
  }

  candidate(candidate: string, mid: string): void {
    void this.#pc.addIceCandidate({ candidate, sdpMid: mid }).catch(() => undefined);
  }

  close(): void {
    this.#pc.onicecandidate = null;
    this.#pc.onconnectionstatechange = null;
    this.#pc.ondatachannel = null;
    this.#pc.close();
  }

  async #setRemote(description: RTCSessionDescriptionInit): Promise<boolean> {
    try {
      await this.#pc.setRemoteDescription(description);
      return true;
    } catch {
      this.#fail(`the ${description.type} of ${nameOf(this.#link)} was refused by the browser`);
      return false;
    }
  }

  async #describe(type: "offer" | "answer"): Promise<void> {
    try {
      await this.#pc.setLocalDescription();
      const sdp = this.#pc.localDescription?.sdp ?? "";
      this.#tell({ type, link: this.#link, attempt: this.attempt, sdp });
    } catch (error) {
      this.#fail(`the browser made no ${type} (${String(error)})`);
    }
  }

  #fail(why: string): void {
    this.#tell({ type: "failed", link: this.#link, attempt: this.attempt, why });
  }

  /** A busy page would stall a channel of its own; a worker is never busy. */
  #handOver(channel: RTCDataChannel): void {
    const about = { link: this.#link, attempt: this.attempt };
    try {
      this.#tell({ type: "channel", ...about, channel }, [channel as unknown as Transferable]);
    } catch {
      const port = relay(channel);
      this.#tell({ type: "channel-port", ...about, port }, [port]);
    }
  }
}

function nameOf(link: number): string {
  return link === ORIGIN_LINK ? "the server" : "the other viewer";
}

/** The channel stays here; a port carries its messages, and the words "open" and "close". */
function relay(channel: RTCDataChannel): MessagePort {
  const { port1, port2 } = new MessageChannel();
  channel.binaryType = "arraybuffer";
  if (channel.readyState === "open") port1.postMessage("open");
  else channel.onopen = () => port1.postMessage("open");
  channel.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) port1.postMessage(data, [data]);
  };
  channel.onclose = () => port1.postMessage("close");
  port1.onmessage = ({ data }) => {
    try {
      if (data === "close") channel.close();
      else channel.send(data);
    } catch {
      // Closed meanwhile, or more than the browser queues: without every message the link is worth nothing.
      channel.close();
    }
  };
  return port2;
}
