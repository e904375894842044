import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Block = [Address, number];

/** The peers whose X-Forwarded-* headers are believed: the tunnel, a front proxy. */
export class TrustedPeers {
  readonly #blocks: readonly Block[];

  /** `cidrs` are addresses or blocks such as `10.0.0.0/8`, `::1`. Throws one sentence for anything else. */
  constructor(cidrs: readonly string[]) {
    this.#blocks = cidrs.map(parseBlock);
  }

  /** `address` is a normal one, as `peerAddress` gives it. */
  has(address: string): boolean {
    const parsed = ipaddr.process(address);
    return this.#blocks.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits));
  }
}

function parseBlock(text: string): Block {
  try {
    if (text.includes("/")) return ipaddr.parseCIDR(text);
    const address = ipaddr.process(text);
    return [address, address.kind() === "ipv4" ? 32 : 128];
  } catch {
    throw new Error(`"${text}" is no IP address or block; write for example 127.0.0.1 or 10.0.0.0/8`);
  }
}

/** A socket's peer with IPv4-mapped IPv6 undone and the zone cut off, or undefined if the peer has left already. */
export function peerAddress(socket: { readonly remoteAddress?: string | undefined }): string | undefined {
  const text = socket.remoteAddress?.split("%")[0];
  if (text === undefined || !ipaddr.isValid(text)) return undefined;
  return ipaddr.process(text).toString();
}
