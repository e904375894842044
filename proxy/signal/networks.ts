import ipaddr from "ipaddr.js";
import { LRUCache } from "lru-cache";
import type { Clock } from "../../peer/clock.ts";
import { TokenBucket } from "../../peer/token-bucket.ts";
import { NETWORK_LIMITS, type NetworkLimits } from "./limits.ts";

/** Addresses that reach us only from inside our own network, or from a tunnel or container gateway that is every caller at once. */
const OWN = new Set(["loopback", "private", "uniqueLocal", "linkLocal", "carrierGradeNat"]);
/** What one customer has at least: a /24 costs an attacker something, a /56 is what providers give a household. */
const IPV4_BITS = 24;
const IPV6_BITS = 56;

/** One conversation of a network. */
export interface NetworkVisit {
  /** Whether one more message may be taken from this network now; if so it counts. */
  take(): boolean;
  /** The conversation is over; safe to call twice. */
  leave(): void;
}

interface Network {
  conversations: number;
  readonly openings: TokenBucket;
  readonly messages: TokenBucket;
}

/** Networks without a conversation that are remembered, lest who hangs up and calls again begin with new allowances. */
const MAX_IDLE = 8_192;

/** Keeps any one network of strangers, however many addresses it has, from using up conversations and the planner's time. */
export class Networks {
  readonly #clock: Clock;
  readonly #limits: NetworkLimits;
  readonly #busy = new Map<string, Network>();
  readonly #idle = new LRUCache<string, Network>({ max: MAX_IDLE });

  constructor(clock: Clock, limits: NetworkLimits = NETWORK_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** One more conversation from this address, or undefined if its network has too many. An unknown address has no limit. */
  enter(address: string | undefined): NetworkVisit | undefined {
    const name = address === undefined ? undefined : prefixOf(address);
    if (name === undefined) return UNLIMITED;
    const network = this.#busy.get(name) ?? this.#idle.get(name) ?? this.#create();
    const full = network.conversations >= this.#limits.conversations;
    if (full || !network.openings.take(this.#clock.nowMs())) return undefined;
    network.conversations += 1;
    this.#idle.delete(name);
    this.#busy.set(name, network);
    return this.#visit(name, network);
  }

  #visit(name: string, network: Network): NetworkVisit {
    let left = false;
    return {
      take: () => network.messages.take(this.#clock.nowMs()),
      leave: () => {
        if (left) return;
        left = true;
        network.conversations -= 1;
        if (network.conversations > 0) return;
        this.#busy.delete(name);
        this.#idle.set(name, network);
      },
    };
  }

  #create(): Network {
    const { openingsPerS, openingBurst, messagesPerS, messageBurst } = this.#limits;
    const nowMs = this.#clock.nowMs();
    return {
      conversations: 0,
      openings: new TokenBucket(openingsPerS, openingBurst, nowMs),
      messages: new TokenBucket(messagesPerS, messageBurst, nowMs),
    };
  }
}

const UNLIMITED: NetworkVisit = { take: () => true, leave: () => undefined };

/** The network an address belongs to; undefined for our own and for what is no address. */
function prefixOf(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  if (OWN.has(parsed.range())) return undefined;
  const bits = parsed.kind() === "ipv4" ? IPV4_BITS : IPV6_BITS;
  const bytes = parsed.toByteArray().slice(0, bits / 8);
  return bytes.join(".");
}
