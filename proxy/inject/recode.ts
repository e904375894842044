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
  const listeners = { end: () => out.end(), error: (error: Error) => out.destroy(error), readable: start };
  const leave = () => body.destroy();
  for (const [event, listener] of Object.entries(listeners)) body.once(event, listener);
  out.once("close", leave);
  return out;

  function start(): void {
    for (const [event, listener] of Object.entries(listeners)) body.off(event, listener);
    out.off("close", leave);
    const first: Buffer | null = body.read();
    if (first !== null) body.unshift(first);
    // The streams themselves carry the outcome: an error has destroyed `out` by now.
    pipeline([body, ...stages(first, recoding), out], () => {});
  }
}

/** An empty body has nothing to change, one that is not what it claims nothing that we could. */
function stages(first: Uint8Array | null, { from, to, change }: Recoding): Transform[] {
  const decoder = first === null ? undefined : createDecoder(from, first);
  if (decoder === undefined) return [];
  return from === "identity" && to === "identity" ? [change] : [decoder, change, createEncoder(to)];
}
