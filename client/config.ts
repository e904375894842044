/** What the proxy tells every page; written into the script when it is served, so that the page needs no inline data. */
export interface ClientConfig {
  /** Names the scripts of this build and configuration: `/__tuber/<build>/…`. */
  readonly build: string;
  /** STUN URLs, perhaps none. */
  readonly stun: readonly string[];
  /** The app was seen to register a service worker of its own for the whole site: ours would fight with it. */
  readonly appHasWorker: boolean;
  /** The origin's Ed25519 public key, raw, base64url: what manifests and tickets are checked by. Absent: nobody serves another here. */
  readonly key?: string;
  /** A visitor sends others at most so many times what it took itself; absent or null (as JSON writes Infinity): no limit. */
  readonly uploadRatio?: number | null;
}

declare const __TUBER_CONFIG__: ClientConfig;

export const config: ClientConfig = __TUBER_CONFIG__;
