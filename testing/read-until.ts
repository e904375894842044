import { once } from "node:events";
import type { Readable } from "node:stream";

/** Everything readable from a paused stream up to and with this text. Waits for events, so a stream that never says it never returns. */
export async function readUntil(stream: Readable, text: string): Promise<string> {
  let seen = "";
  while (!seen.includes(text)) {
    const chunk: Buffer | null = stream.read();
    if (chunk === null) await once(stream, "readable");
    else seen += chunk;
  }
  return seen;
}
