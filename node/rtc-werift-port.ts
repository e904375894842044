import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { parseMessage } from "werift";

/** Where a datagram came from or goes to. */
export type Address = readonly [host: string, port: number];
type OnData = (data: Buffer, from: Address) => void;

/** A peer's addresses on one link; strangers' STUN may claim a few more, nobody honest has this many. */
const MAX_ADDRESSES = 64;

/**
 * One UDP port for many ICE agents. A datagram belongs to the agent that got the last STUN message from its address;
 * a STUN request's user name (`ours:theirs`) says which agent that is.
 */
export class SharedPort {
  readonly #socket: Socket;
  readonly #byUser = new Map<string, OnData>();
  readonly #byAddress = new Map<string, { user: string; onData: OnData }>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (data, from) => this.#deliver(data, [withoutZone(from.address), from.port]));
    // Only a send that failed: ICE tries again, or another address.
    socket.on("error", () => undefined);
  }

  /** Rejects with the socket's error (`EADDRINUSE` and its like). */
  static async open(family: "udp4" | "udp6", port: number, address?: string): Promise<SharedPort> {
    const socket = createSocket({ type: family, ipv6Only: family === "udp6" });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind({ port, exclusive: true, ...(address === undefined ? {} : { address }) }, resolve);
    });
    socket.removeAllListeners("error");
    return new SharedPort(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get family(): 4 | 6 {
    return this.#socket.address().family === "IPv6" ? 6 : 4;
  }

  /** From now on datagrams for this user name go to `onData`; the returned function ends that. */
  attach(user: string, onData: OnData): () => void {
    this.#byUser.set(user, onData);
    return () => {
      this.#byUser.delete(user);
      for (const [key, agent] of this.#byAddress) if (agent.user === user) this.#byAddress.delete(key);
    };
  }

  /** Also learns that answers from there are for this user. */
  send(user: string, data: Buffer, to: Address): void {
    if (isIPv6(to[0]) !== (this.family === 6)) return;
    const onData = this.#byUser.get(user);
    if (onData !== undefined) this.#learn(user, onData, to);
    this.#socket.send(data, to[1], to[0]);
  }

  close(): Promise<void> {
    return new Promise((done) => this.#socket.close(done));
  }

  #deliver(data: Buffer, from: Address): void {
    const user = requestedUser(data);
    const onData = user === undefined ? undefined : this.#byUser.get(user);
    if (user !== undefined && onData !== undefined) this.#learn(user, onData, from);
    this.#byAddress.get(from.join(" "))?.onData(data, from);
  }

  #learn(user: string, onData: OnData, address: Address): void {
    const key = address.join(" ");
    if (this.#byAddress.get(key)?.user === user) return;
    const others = Array.from(this.#byAddress.values()).filter((agent) => agent.user === user).length;
    if (others < MAX_ADDRESSES) this.#byAddress.set(key, { user, onData });
  }
}

/** Our half of a STUN request's user name, if this is one. */
function requestedUser(data: Buffer): string | undefined {
  try {
    const name: unknown = parseMessage(data)?.getAttributeValue("USERNAME");
    return typeof name === "string" ? name.split(":")[0] : undefined;
  } catch {
    return undefined;
  }
}

function withoutZone(address: string): string {
  return address.split("%")[0] ?? address;
}
