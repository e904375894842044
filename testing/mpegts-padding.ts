/** Of MPEG-TS. */
export const PACKET_BYTES = 188;
/** A null packet's head: sync byte, packet identifier 0x1fff, payload only. Every demultiplexer drops those. */
const NULL_HEAD = Uint8Array.of(0x47, 0x1f, 0xff, 0x10);

/** The media's packets spread evenly among null packets, as long as `noise`, whose bytes fill those: a small picture at a big one's rate. */
export function padPackets(media: Uint8Array, noise: Uint8Array): Buffer {
  const padded = Buffer.from(noise);
  const [own, all] = [media.length / PACKET_BYTES, noise.length / PACKET_BYTES];
  let taken = 0;
  for (let packet = 0; packet < all; packet += 1) {
    const at = packet * PACKET_BYTES;
    if (Math.floor(((packet + 1) * own) / all) > taken) {
      padded.set(media.subarray(taken * PACKET_BYTES, (taken + 1) * PACKET_BYTES), at);
      taken += 1;
    } else {
      padded.set(NULL_HEAD, at);
    }
  }
  return padded;
}
