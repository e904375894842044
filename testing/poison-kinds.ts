/** Makes other PIECE frames of one; `older`: the frame before. Shipped to browsers by its text: it may use its arguments only. */
export type Poison = (frame: Uint8Array<ArrayBuffer>, older: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>[];

/** What a hostile viewer may send in the place of a piece's frame. (13 bytes are its head; the piece's number stands at 5.) */
export const POISON_KINDS: Readonly<Record<string, Poison>> = {
  "the frame with a flipped bit": (frame) => {
    frame[13] = (frame[13] ?? 0) ^ 1;
    return [frame];
  },
  "the frame under another piece's number": (frame) => {
    const view = new DataView(frame.buffer);
    view.setUint32(5, view.getUint32(5) + 1);
    return [frame];
  },
  "half of the frame": (frame) => [frame.slice(0, 13 + (frame.length - 13) / 2)],
  "an older piece's bytes": (frame, older) => {
    frame.set(older.subarray(13, frame.length), 13);
    return [frame];
  },
  "the frame again and again": (frame) => [frame, frame, frame, frame],
};
