import type { SwarmFrame } from "../../protocol/swarm-frame.ts";
import type { SwarmInbox } from "./swarm-inbox.ts";

export type PieceFrame = Extract<SwarmFrame, { type: "piece" }>;

/** A piece as it arrives. */
interface Unfinished {
  readonly piece: number;
  readonly bytes: Uint8Array;
  filledBytes: number;
}

/**
 * Puts pieces together from the parts a link brings. Of one swarm a link brings one piece after the other, so it holds at most one
 * unfinished piece for each swarm, of the length its manifest promises.
 */
export class PieceAssembler {
  readonly #inbox: Pick<SwarmInbox, "expectedBytes" | "onProgress" | "onPiece">;
  readonly #unfinished = new Map<number, Unfinished>();

  constructor(inbox: Pick<SwarmInbox, "expectedBytes" | "onProgress" | "onPiece">) {
    this.#inbox = inbox;
  }

  /** Takes the next part. "gap": it is not the part that had to come; what came of its piece is dropped. */
  take(frame: PieceFrame): "taken" | "unasked" | "late" | "gap" {
    const unfinished = this.#unfinished.get(frame.swarm);
    if (frame.offset === 0) {
      const outcome = this.#begin(frame);
      return unfinished === undefined ? outcome : "gap";
    }
    // The rest of a piece that was refused when it began.
    if (unfinished?.piece !== frame.piece) return this.#refusal(frame);
    return this.#add(frame, unfinished);
  }

  clear(): void {
    this.#unfinished.clear();
  }

  #refusal({ swarm, piece }: PieceFrame): "unasked" | "late" {
    return this.#inbox.expectedBytes(swarm, piece) === "late" ? "late" : "unasked";
  }

  #begin(frame: PieceFrame): "taken" | "unasked" | "late" | "gap" {
    const lengthBytes = this.#inbox.expectedBytes(frame.swarm, frame.piece);
    this.#unfinished.delete(frame.swarm);
    if (typeof lengthBytes !== "number") return this.#refusal(frame);
    const unfinished = { piece: frame.piece, bytes: new Uint8Array(lengthBytes), filledBytes: 0 };
    this.#unfinished.set(frame.swarm, unfinished);
    return this.#add(frame, unfinished);
  }

  #add({ swarm, piece, offset, payload }: PieceFrame, unfinished: Unfinished): "taken" | "gap" {
    const endBytes = offset + payload.length;
    if (offset !== unfinished.filledBytes || endBytes > unfinished.bytes.length) return this.#drop(swarm);
    unfinished.bytes.set(payload, offset);
    unfinished.filledBytes = endBytes;
    this.#inbox.onProgress(swarm, piece);
    if (endBytes === unfinished.bytes.length) {
      this.#unfinished.delete(swarm);
      this.#inbox.onPiece(swarm, piece, unfinished.bytes);
    }
    return "taken";
  }

  #drop(swarm: number): "gap" {
    this.#unfinished.delete(swarm);
    return "gap";
  }
}
