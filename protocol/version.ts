/**
 * Version of everything that crosses a wire (signalling, frames, notes, the page's port).
 * History: 1 = origin link, delivery notes, signalling.
 */
export const PROTOCOL_VERSION = 1;
