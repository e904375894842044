import { createHash, generateKeyPairSync, sign, verify } from "node:crypto";
import { encodeManifest, HASH_BYTES, type Manifest, URL_KEY_BYTES } from "../protocol/manifest.ts";
import { encodeTicket, type Ticket, ticketToSign } from "../protocol/ticket.ts";

/** An origin's key, and what it signs. */
export class OriginSigner {
  readonly #keys = generateKeyPairSync("ed25519");
  /** Signatures checked so far. */
  checks = 0;

  /** The public key as pages get it: raw, base64url. */
  get publicKey(): string {
    return this.#keys.publicKey.export({ format: "jwk" }).x ?? "";
  }

  readonly verify = async (bytes: Uint8Array, signature: Uint8Array): Promise<boolean> => {
    this.checks += 1;
    return verify(null, bytes, this.#keys.publicKey, signature);
  };

  readonly digest = async (bytes: Uint8Array): Promise<Uint8Array> => sha256(bytes);

  ticket(ticket: Ticket): Uint8Array {
    return encodeTicket(ticket, sign(null, ticketToSign(ticket), this.#keys.privateKey));
  }

  /** The signed manifest of a segment of these pieces, each but the last `pieceBytes` long. */
  manifest(pieces: readonly Uint8Array[], rest: Partial<Manifest> & { swarm: number; firstPiece: number }): Uint8Array {
    const body = encodeManifest({
      segment: rest.firstPiece,
      pieceBytes: pieces[0]?.length ?? 0,
      lengthBytes: pieces.reduce((sum, { length }) => sum + length, 0),
      timeMs: 1_000_000,
      urlKey: new Uint8Array(URL_KEY_BYTES),
      head: { status: 200, statusText: "OK", headers: [] },
      hashes: pieces.map(sha256),
      ...rest,
    });
    const signed = new Uint8Array(body.length + 64);
    signed.set(body);
    signed.set(sign(null, body, this.#keys.privateKey), body.length);
    return signed;
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest().subarray(0, HASH_BYTES));
}
