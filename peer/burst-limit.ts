/**
 * usrsctp, SCTP of libdatachannel, cuts its window at each send to what is in flight and ten packets (`max_burst`), and from there
 * comes back by slow start: two packets for each acknowledged one. So whatever is in flight beyond that after a pause waits below
 * us and goes out at twice the line's rate, which overflows a small router's queue.
 */
const BURST_BYTES = 16_000;
/** On fast lines queues are larger in bytes, and more arrives between two looks of a busy process: what the line carries in this time. */
const BURST_MS = 3;

/** How much may be in flight without SCTP holding any of it back: follows its window after a pause, a little above. */
export class BurstLimit {
  #bytes = Number.POSITIVE_INFINITY;

  get bytes(): number {
    return this.#bytes;
  }

  /** A frame is about to go, with so many bytes in flight before it; `bytesPerMs`: about what the line carries. */
  sent(flightBytes: number, bytesPerMs: number): void {
    this.#bytes = Math.min(this.#bytes, flightBytes + Math.max(BURST_BYTES, BURST_MS * bytesPerMs));
  }

  /** So many bytes were acknowledged of `flightBytes`; like SCTP's window it grows only if it was used up, but for one frame. */
  acked(flightBytes: number, newBytes: number, frameBytes: number): void {
    if (flightBytes + frameBytes >= this.#bytes) this.#bytes += newBytes;
  }
}
