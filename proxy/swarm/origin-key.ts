import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../../peer/log.ts";

/** What the origin signs manifests and tickets with. It never leaves this process. */
export interface OriginKey {
  /** Ed25519, the raw 32 bytes in base64url: what viewers check signatures by. */
  readonly publicKey: string;
  sign(bytes: Uint8Array): Uint8Array;
  /** Whether this is our own signature of these bytes. */
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
  /** 32 bytes that stand for this text: always the same with this key, and nobody without it can tell the text, or even guess at it. */
  fingerprint(text: string): Uint8Array;
}

/**
 * The key in this directory, made at the first start. A key that cannot be read or kept must not keep the site from being served: one for
 * this run takes its place, which costs the viewers of that moment their swarms and nothing else.
 */
export function loadOriginKey(directory: string, log: Log): OriginKey {
  const path = join(directory, "origin-key.pem");
  try {
    return originKeyOf(read(path) ?? make(directory, path));
  } catch (error) {
    log.error("the origin's key cannot be used, another one serves for this run", { path, error: String(error) });
    return originKeyOf(generateKeyPairSync("ed25519").privateKey);
  }
}

function read(path: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(readFileSync(path));
    if (key.asymmetricKeyType === "ed25519") return key;
    throw new Error(`it is a key of another kind (${key.asymmetricKeyType})`);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whole or not at all: half a key would be no key at the next start. */
function make(directory: string, path: string): KeyObject {
  const { privateKey } = generateKeyPairSync("ed25519");
  mkdirSync(directory, { recursive: true });
  const half = `${path}.new`;
  writeFileSync(half, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  renameSync(half, path);
  return privateKey;
}

/** The origin's key made of this private one. */
export function originKeyOf(key: KeyObject): OriginKey {
  const publicKey = createPublicKey(key);
  const { x } = publicKey.export({ format: "jwk" });
  if (x === undefined) throw new Error("the key has no public half");
  const secret = createHash("sha256")
    .update("tuber-fingerprint")
    .update(key.export({ type: "pkcs8", format: "der" }))
    .digest();
  return {
    publicKey: x,
    sign: (bytes) => sign(null, bytes, key),
    verify: (bytes, signature) => verify(null, bytes, publicKey, signature),
    fingerprint: (text) => createHmac("sha256", secret).update(text).digest(),
  };
}
