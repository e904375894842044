import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PACKET_BYTES, padPackets } from "./mpegts-padding.ts";

/** The packets that a player looks at, as it tells them from padding: by their identifier. */
function withoutNulls(bytes: Buffer): Buffer {
  const packets = Array.from({ length: bytes.length / PACKET_BYTES }, (_, index) =>
    bytes.subarray(index * PACKET_BYTES, (index + 1) * PACKET_BYTES),
  );
  for (const packet of packets) assert.equal(packet[0], 0x47);
  return Buffer.concat(packets.filter((packet) => (packet.readUInt16BE(1) & 0x1fff) !== 0x1fff));
}

test("a player finds the media's packets, all and in order, in as many bytes as the noise has", () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(400), (own, more) => {
      const media = Buffer.alloc(own * PACKET_BYTES, "media").map((byte, at) => {
        const place = at % PACKET_BYTES;
        return place === 0 ? 0x47 : place === 1 ? Math.floor(at / PACKET_BYTES) & 0x1e : byte;
      });
      const noise = Buffer.alloc((own + more) * PACKET_BYTES, 0xa5);
      const padded = padPackets(media, noise);
      assert.equal(padded.length, noise.length);
      assert.deepEqual(withoutNulls(padded), Buffer.from(media));
    }),
  );
});
