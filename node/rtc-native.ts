import { createSocket } from "node:dgram";
import type { DataChannel, IceUdpMuxListener, PeerConnection, RtcConfig } from "node-datachannel";
import type { Channel } from "../peer/channel.ts";
import { MAX_FRAME_BYTES } from "../protocol/limits.ts";
import {
  type Attempt,
  type AttemptEvents,
  type LinkPath,
  type RtcHost,
  type RtcOptions,
  RtcUnavailable,
} from "./rtc.ts";
import { isUsableCandidate, withoutForeignCandidates } from "./rtc-candidate.ts";
import { AttemptOrder } from "./rtc-order.ts";
import { portError } from "./rtc-port-error.ts";

type Native = typeof import("node-datachannel");

/** SCTP's send buffer: about one bandwidth-delay product of a home uplink. Larger ones fill the router's queue and collapse. */
const SEND_BUFFER_BYTES = 393_216;

let hosts = 0;

/**
 * Channels that have not told of their end. The library keeps a bare pointer to each until it has, if anybody listens, and closes all
 * of them at `cleanup`: one that was collected before ends the process.
 */
const unclosed = new Set<DataChannel>();

/**
 * The node-datachannel engine. Throws {@link RtcUnavailable} if the port is taken, and whatever `import` throws where no native
 * build exists. The library keeps the port until the process ends, even after `close`.
 */
export async function createNativeHost(options: RtcOptions): Promise<RtcHost> {
  const native = await import("node-datachannel");
  const udpPort = await freePort(options);
  native.initLogger("Warning", (level, message) => options.log.debug("webrtc engine says", { level, message }));
  native.setSctpSettings({ sendBufferSize: SEND_BUFFER_BYTES });
  const listener = listen(native, udpPort, options);
  const attempts = new Set<Attempt>();
  hosts += 1;
  return {
    kind: "native",
    udpPort,
    get open() {
      return attempts.size;
    },
    accept: (offerSdp, events) => accept(native, { ...options, udpPort }, attempts, offerSdp, events),
    close: async () => {
      for (const attempt of attempts) attempt.close();
      listener.stop();
      hosts -= 1;
      if (hosts === 0) native.cleanup();
    },
  };
}

/** Holds the port while no link is open, or another program could take it between two visits. */
function listen(native: Native, udpPort: number, options: RtcOptions): IceUdpMuxListener {
  try {
    return new native.IceUdpMuxListener(udpPort, options.bindAddress);
  } catch (error) {
    throw portError(options.udpPort, error);
  }
}

/** The port, after a look whether it can be bound: the library's own failure does not say why. */
async function freePort(options: RtcOptions): Promise<number> {
  const address = options.bindAddress ?? "0.0.0.0";
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  try {
    return await new Promise<number>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind({ port: options.udpPort, address, exclusive: true }, () => resolve(socket.address().port));
    });
  } catch (error) {
    throw portError(options.udpPort, error);
  } finally {
    socket.close();
  }
}

function accept(
  native: Native,
  options: RtcOptions,
  attempts: Set<Attempt>,
  offerSdp: string,
  events: AttemptEvents,
): Attempt {
  const order = new AttemptOrder({
    ...events,
    onClose: () => {
      attempts.delete(attempt);
      events.onClose();
    },
  });
  const attempt = new NativeAttempt(order);
  attempts.add(attempt);
  attempt.answer(native, options, offerSdp);
  return attempt;
}

class NativeAttempt implements Attempt {
  readonly #order: AttemptOrder;
  readonly #channels: DataChannel[] = [];
  #connection: PeerConnection | undefined;

  constructor(order: AttemptOrder) {
    this.#order = order;
  }

  /** Setting the offer makes the library answer by itself; its `setLocalDescription` would end the process if it threw. */
  answer(native: Native, options: RtcOptions, offerSdp: string): void {
    try {
      const connection = new native.PeerConnection("", connectionConfig(options));
      this.#connection = connection;
      this.#listen(connection);
      connection.setRemoteDescription(withoutForeignCandidates(offerSdp), "offer");
    } catch (error) {
      options.log.debug("offer refused", { why: String(error) });
      this.close();
    }
  }

  addCandidate(candidate: string, mid: string): void {
    if (!isUsableCandidate(candidate)) return;
    guard(() => this.#connection?.addRemoteCandidate(candidate, mid));
  }

  path(): LinkPath {
    if (this.#order.closed) return { rttMs: undefined, remoteKind: undefined };
    const rttMs = guard(() => this.#connection?.rtt());
    const pair = guard(() => this.#connection?.getSelectedCandidatePair());
    return { rttMs: rttMs !== undefined && rttMs >= 0 ? rttMs : undefined, remoteKind: pair?.remote.type };
  }

  /** The channels first: they do not tell of their end once their connection is gone. */
  close(): void {
    this.#order.close();
    for (const channel of this.#channels.splice(0)) guard(() => channel.close());
    guard(() => this.#connection?.close());
  }

  #listen(connection: PeerConnection): void {
    const order = this.#order;
    connection.onLocalDescription((sdp) => order.answer(sdp));
    connection.onLocalCandidate((candidate, mid) => order.candidate(candidate, mid));
    connection.onStateChange((state) => {
      if (state === "failed" || state === "closed") this.close();
    });
    connection.onDataChannel((native) => {
      this.#channels.push(native);
      const isOurs = order.channel(this.#channel(native));
      unclosed.add(native);
      guard(() => {
        native.onClosed(() => {
          unclosed.delete(native);
          if (isOurs) this.close();
        });
      });
      if (isOurs) this.#listenTo(native);
      else guard(() => native.close());
    });
  }

  #listenTo(native: DataChannel): void {
    guard(() => {
      native.onMessage((message) => {
        if (typeof message !== "string") this.#order.message(asBytes(message));
      });
    });
    if (guard(() => native.isOpen()) !== true) this.close();
  }

  #channel(native: DataChannel): Channel {
    return {
      send: (bytes) => {
        if (this.#order.closed) return false;
        // The library's own `false` means "accepted, but waiting"; what it cannot take it throws.
        return guard(() => native.sendMessageBinary(bytes)) !== undefined;
      },
      bufferedBytes: () => guard(() => native.bufferedAmount()) ?? 0,
      close: () => this.close(),
    };
  }
}

function connectionConfig(options: RtcOptions): RtcConfig {
  return {
    iceServers: [...options.stunServers],
    ...(options.bindAddress === undefined ? {} : { bindAddress: options.bindAddress }),
    enableIceUdpMux: true,
    portRangeBegin: options.udpPort,
    portRangeEnd: options.udpPort,
    maxMessageSize: MAX_FRAME_BYTES,
  };
}

function asBytes(message: Buffer | ArrayBuffer): Uint8Array {
  return message instanceof ArrayBuffer ? new Uint8Array(message) : message;
}

/** Calls on what is already destroyed throw, and no event tells us in time: the result, or undefined. */
function guard<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
