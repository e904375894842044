import {
  Candidate,
  candidateFoundation,
  candidatePriority,
  getHostAddresses,
  type RTCDtlsTransport,
  type RTCIceTransport,
  StunProtocol,
} from "werift";
import type { Address, SharedPort } from "./rtc-werift-port.ts";

// werift opens a socket for each address of each connection. It skips the addresses it already has a protocol for, so each
// agent is given protocols that speak through the shared port. The names below are private to werift 0.25.2, which is why its
// version is pinned; the contract tests fail when they change.
interface ProtocolInsides {
  transport: unknown;
  datagramReceived(data: Buffer, from: Address): void;
}
interface ConnectionInsides {
  readonly protocols: StunProtocol[];
  ensureProtocol(protocol: StunProtocol): void;
  pairLocalProtocol(protocol: StunProtocol): void;
}

/** The machine's addresses of a family that a peer elsewhere could know; the bound one alone if there is one. */
export function hostAddresses(family: 4 | 6, bindAddress: string | undefined): string[] {
  return bindAddress === undefined ? getHostAddresses(family === 4, family === 6) : [bindAddress];
}

/** The candidate line of one of the machine's addresses. */
export function hostCandidate(address: string, port: number): Candidate {
  const foundation = candidateFoundation("host", "udp", address);
  return new Candidate(foundation, 1, "udp", candidatePriority("host"), address, port, "host");
}

/** A protocol of werift's that speaks through the shared port under this user name; `address` stands for the whole port. */
export function sharedProtocol(port: SharedPort, user: string, address: string): StunProtocol {
  const protocol = new StunProtocol();
  const insides = protocol as unknown as ProtocolInsides;
  const detach = port.attach(user, (data, from) => insides.datagramReceived(data, from));
  let closed = false;
  insides.transport = {
    type: "udp",
    addressFamily: port.family,
    address: { address, port: port.port },
    get closed() {
      return closed;
    },
    send: async (data: Buffer, to: Address) => port.send(user, data, to),
    close: async () => {
      closed = true;
      detach();
    },
  };
  protocol.localIp = address;
  protocol.localCandidate = hostCandidate(address, port.port);
  return protocol;
}

/** Makes an agent that has not gathered yet use these protocols and no sockets of its own. */
export function useProtocols(transport: RTCIceTransport, protocols: readonly StunProtocol[]): void {
  const connection = transport.connection as unknown as ConnectionInsides;
  for (const protocol of protocols) {
    connection.ensureProtocol(protocol);
    connection.protocols.push(protocol);
    connection.pairLocalProtocol(protocol);
  }
}

/** Above any record number of a handshake, whose flights have about ten records. */
const FIRST_RECORD_NUMBER = 64;

/**
 * werift counts its encrypted records from 1 after a Finished that had a number of about 6. The peer takes the second record of that
 * number for a replay and drops it, and two records under one number share a nonce. So data starts above all handshake numbers.
 */
export function keepRecordNumbersApart(transport: RTCDtlsTransport): void {
  transport.onStateChange.subscribe((state) => {
    if (state === "connected" && transport.dtls !== undefined) {
      transport.dtls.dtls.recordSequenceNumber = FIRST_RECORD_NUMBER;
    }
  });
}
