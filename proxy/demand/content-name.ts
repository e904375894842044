import type { OriginKey } from "../swarm/origin-key.ts";

/** By what an on-demand content is known, in this run of the proxy and in later ones. Neither tells what it is. */
export interface ContentName {
  /** 32 hex digits, for what viewers keep. */
  readonly content: string;
  /** The number its swarm has, unless another swarm has it. */
  readonly swarm: number;
}

const CONTENT_BYTES = 16;
/** Numbers of swarms are from 1 to this. */
const MAX_SWARM = 0xffff_fffe;

/** The name of the content that these words tell from all others. */
export function nameContent(key: Pick<OriginKey, "fingerprint">, words: readonly string[]): ContentName {
  const bytes = Buffer.from(key.fingerprint(JSON.stringify(words)));
  return {
    content: bytes.toString("hex", 0, CONTENT_BYTES),
    swarm: 1 + (bytes.readUInt32BE(CONTENT_BYTES) % MAX_SWARM),
  };
}

/** This number, or the next one that is not taken. */
export function freeNumber(wished: number, isTaken: (swarm: number) => boolean): number {
  let swarm = wished;
  while (isTaken(swarm)) swarm = swarm < MAX_SWARM ? swarm + 1 : 1;
  return swarm;
}
