import { fromBase64Url } from "./base64-url.ts";

const ALGORITHM = "Ed25519";

/** Checks what the origin signed, with the browser's own Ed25519 where it has one. */
export class Signatures {
  readonly #key: Promise<CryptoKey | undefined>;

  /** `key`: the origin's public key, raw, base64url. */
  constructor(key: string) {
    this.#key = importKey(key).catch(() => undefined);
  }

  /** Whether this browser can check anything. */
  async arePossible(): Promise<boolean> {
    return (await this.#key) !== undefined;
  }

  async verify(bytes: Uint8Array, signature: Uint8Array): Promise<boolean> {
    const key = await this.#key;
    return key !== undefined && crypto.subtle.verify(ALGORITHM, key, owned(signature), owned(bytes));
  }
}

/** SHA-256. */
export async function digest(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", owned(bytes)));
}

async function importKey(text: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", fromBase64Url(text), ALGORITHM, false, ["verify"]);
}

/** Nothing of ours lies in memory shared with others, which is all the type asks. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
