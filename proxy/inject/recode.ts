import { PassThrough, pipeline, type Readable, type Transform } from "node:stream";
import { type Coding, createDecoder, createEncoder } from "./coding.ts";

export interface Recoding {
  /** How the body comes, and how it leaves. */
  readonly from: Coding;
  readonly to: Coding;
  /** Changes the decoded bytes. */
  readonly change: Transform;
}

/**
 * The body with its decoded bytes changed. Streams: what the app has sent so far is out before it sends more. A body that is empty, or is not
 * in the coding it claims, passes as it is. Fails when the app's body fails, and ends the app's body when nobody reads on.
 */
export function recode(body: Readable, recoding: Recoding): Readable {
  const out = new PassThrough();
  const fail = (error: Error) => out.destroy(error);
  const leave = () => body.destroy();
  body.once("error", fail);
  out.once("close", leave);
  body.once("readable", () => {
    body.off("error", fail);
    out.off("close", leave);
    if (out.destroyed) return;
    const first: Buffer | null = body.read();
    if (first !== null) body.unshift(first);
    // The streams themselves carry the outcome: an error has destroyed `out` by now.
    pipeline([body, ...stages(first, recoding), out], () => {});
  });
  return out;
}

function stages(first: Uint8Array | null, { from, to, change }: Recoding): Transform[] {
  const decoder = first === null ? undefined : createDecoder(from, first);
  if (decoder === undefined) return [];
  return from === "identity" && to === "identity" ? [change] : [decoder, change, createEncoder(to)];
}
