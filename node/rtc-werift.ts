import { type RTCDataChannel, RTCPeerConnection, serverReflexiveCandidate } from "werift";
import type { Channel } from "../peer/channel.ts";
import { MAX_FRAME_BYTES } from "../protocol/limits.ts";
import type { Attempt, AttemptEvents, LinkPath, RtcHost, RtcOptions } from "./rtc.ts";
import { isUsableCandidate, withoutForeignCandidates } from "./rtc-candidate.ts";
import { AttemptOrder } from "./rtc-order.ts";
import { portError } from "./rtc-port-error.ts";
import {
  hostAddresses,
  hostCandidate,
  keepRecordNumbersApart,
  sharedProtocol,
  useProtocols,
} from "./rtc-werift-agent.ts";
import { type Address, SharedPort } from "./rtc-werift-port.ts";

/** The pure-TypeScript engine: three to eight times slower than the native one, but it runs anywhere. Throws `RtcUnavailable`. */
export async function createWeriftHost(options: RtcOptions): Promise<RtcHost> {
  const home = await openHome(options);
  const attempts = new Set<Attempt>();
  return {
    kind: "werift",
    udpPort: home.udpPort,
    get open() {
      return attempts.size;
    },
    accept: (offerSdp, events) => accept(home, attempts, offerSdp, events),
    close: async () => {
      for (const attempt of attempts) attempt.close();
      await Promise.all(
        Array.from(attempts, (attempt) => (attempt instanceof WeriftAttempt ? attempt.ended : undefined)),
      );
      await home.close();
    },
  };
}

/** What all attempts share. */
interface Home {
  readonly udpPort: number;
  readonly ports: readonly SharedPort[];
  readonly options: RtcOptions;
  /** Our address as STUN servers see it, as candidate lines. */
  reflexive(): Promise<string[]>;
  close(): Promise<void>;
}

async function openHome(options: RtcOptions): Promise<Home> {
  const ports = await openPorts(options);
  const udpPort = ports[0]?.port ?? options.udpPort;
  const asking = ports
    .filter((port) => port.family === 4)
    .map((port) => sharedProtocol(port, "", hostAddresses(4, options.bindAddress)[0] ?? "0.0.0.0"));
  const reflexive = async () => {
    const servers = options.stunServers.map(stunAddress).filter((address) => address !== undefined);
    const answers = asking.flatMap((protocol) => servers.map((server) => serverReflexiveCandidate(protocol, server)));
    const found = await Promise.all(answers);
    return Array.from(new Set(found.flatMap((candidate) => (candidate === undefined ? [] : [candidate.toSdp()]))));
  };
  const close = async () => {
    await Promise.all(asking.map((protocol) => protocol.close()));
    await Promise.all(ports.map((port) => port.close()));
  };
  return { udpPort, ports, options, reflexive, close };
}

/** IPv4 and, where the machine has it, IPv6 on the same port number. */
async function openPorts(options: RtcOptions): Promise<SharedPort[]> {
  const { udpPort, bindAddress } = options;
  try {
    if (bindAddress !== undefined) {
      return [await SharedPort.open(bindAddress.includes(":") ? "udp6" : "udp4", udpPort, bindAddress)];
    }
    const four = await SharedPort.open("udp4", udpPort);
    const six = await SharedPort.open("udp6", four.port).catch(() => undefined);
    return six === undefined ? [four] : [four, six];
  } catch (error) {
    throw portError(udpPort, error);
  }
}

function stunAddress(url: string): Address | undefined {
  const match = /^stun:(.+?)(?::(\d{1,5}))?$/.exec(url);
  return match?.[1] === undefined ? undefined : [match[1], Number(match[2] ?? 3478)];
}

function accept(home: Home, attempts: Set<Attempt>, offerSdp: string, events: AttemptEvents): Attempt {
  const order = new AttemptOrder({
    ...events,
    onClose: () => {
      attempts.delete(attempt);
      events.onClose();
    },
  });
  const attempt = new WeriftAttempt(home, order);
  attempts.add(attempt);
  attempt.answer(offerSdp).catch((error: unknown) => {
    home.options.log.debug("offer refused", { why: String(error) });
    attempt.close();
  });
  return attempt;
}

class WeriftAttempt implements Attempt {
  readonly #home: Home;
  readonly #order: AttemptOrder;
  readonly #connection: RTCPeerConnection;
  /** Resolves when a `close` has let go of everything. */
  ended: Promise<void> = Promise.resolve();

  constructor(home: Home, order: AttemptOrder) {
    this.#home = home;
    this.#order = order;
    this.#connection = new RTCPeerConnection({
      iceServers: [],
      iceUseTcp: false,
      iceInterfaceAddresses: firstAddresses(home),
      maxMessageSize: MAX_FRAME_BYTES,
    });
  }

  async answer(offerSdp: string): Promise<void> {
    const connection = this.#connection;
    connection.connectionStateChange.subscribe((state) => {
      if (state === "failed" || state === "closed") this.close();
    });
    connection.onDataChannel.subscribe((channel) => this.#onChannel(channel));
    await connection.setRemoteDescription({ type: "offer", sdp: withoutForeignCandidates(offerSdp) });
    const [transport] = connection.iceTransports;
    const mid = connection.sctpTransport?.mid ?? "0";
    if (transport === undefined || connection.sctpTransport === undefined) throw new Error("no data channel offered");
    for (const dtls of connection.dtlsTransports) keepRecordNumbersApart(dtls);
    useProtocols(transport, this.#protocols(transport.localParameters.usernameFragment));
    await connection.setLocalDescription(await connection.createAnswer());
    this.#order.answer(connection.localDescription?.sdp ?? "");
    this.#sendCandidates(mid);
  }

  addCandidate(candidate: string, mid: string): void {
    if (!isUsableCandidate(candidate)) return;
    this.#connection.addIceCandidate({ candidate, sdpMid: mid }).catch(() => undefined);
  }

  path(): LinkPath {
    if (this.#order.closed) return { rttMs: undefined, remoteKind: undefined };
    const pair = this.#connection.iceTransports[0]?.connection.nominated;
    return {
      rttMs: pair?.rtt === undefined ? undefined : pair.rtt * 1000,
      remoteKind: pair?.remoteCandidate.type,
    };
  }

  close(): void {
    if (this.#order.closed) return;
    this.#order.close();
    this.ended = this.#connection.close().catch(() => undefined);
  }

  #protocols(user: string) {
    return this.#home.ports.flatMap((port) => {
      const [address] = hostAddresses(port.family, this.#home.options.bindAddress);
      return address === undefined ? [] : [sharedProtocol(port, user, address)];
    });
  }

  /** The answer holds one host candidate of each family; the port answers at all of the machine's other addresses too. */
  #sendCandidates(mid: string): void {
    for (const port of this.#home.ports) {
      for (const address of hostAddresses(port.family, this.#home.options.bindAddress)) {
        this.#order.candidate(`candidate:${hostCandidate(address, port.port).toSdp()}`, mid);
      }
    }
    const send = (lines: string[]) => {
      for (const line of lines) this.#order.candidate(`candidate:${line}`, mid);
    };
    this.#home.reflexive().then(send, () => undefined);
  }

  #onChannel(werift: RTCDataChannel): void {
    const channel: Channel = {
      send: (bytes) => this.#send(werift, bytes),
      bufferedBytes: () => queuedBytes(werift),
      close: () => this.close(),
    };
    if (!this.#order.channel(channel)) {
      werift.close();
      return;
    }
    werift.onMessage.subscribe((message) => {
      if (typeof message !== "string") this.#order.message(message);
    });
    werift.stateChanged.subscribe((state) => {
      if (state === "closed") this.close();
    });
  }

  #send(werift: RTCDataChannel, bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.#order.closed || werift.readyState !== "open") return false;
    try {
      werift.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      return true;
    } catch {
      return false;
    }
  }
}

/** werift's own `bufferedAmount` stays high until the whole queue has been empty once. */
function queuedBytes(werift: RTCDataChannel): number {
  return werift.sctp.sctp.outboundQueue.reduce((sum, chunk) => sum + chunk.userData.length, 0);
}

/** Without these werift would open sockets of its own for the machine's other addresses. */
function firstAddresses(home: Home): { udp4?: string; udp6?: string } {
  const [udp4] = hostAddresses(4, home.options.bindAddress);
  const [udp6] = hostAddresses(6, home.options.bindAddress);
  return { ...(udp4 === undefined ? {} : { udp4 }), ...(udp6 === undefined ? {} : { udp6 }) };
}
