// What members of on-demand swarms bear from each other. Who asks keeps to a little less than who answers bears.

/** Pieces that may be asked of one peer at once, and for each second after that: 64 KiB pieces at 270 Mbit/s. */
export const WANT_BURST = 512;
export const WANTS_PER_S = 512;
/** What an asker allows itself. */
export const ASK_BURST = 384;
export const ASKS_PER_S = 384;
/** Bytes that may be read for one peer at once, and for each second after that: a line of 270 Mbit/s. */
export const READ_BURST_BYTES = 64 * 1_048_576;
export const READ_BYTES_PER_S = 32 * 1_048_576;
