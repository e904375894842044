import type { Channel, ChannelEvents } from "../peer/channel.ts";
import type { Clock } from "../peer/clock.ts";

export interface MemoryChannelPair {
  readonly left: Channel;
  readonly right: Channel;
}

/**
 * Two ends of one DataChannel in memory: ordered, lossless, endless in rate, `delayMs` one way by the given clock. Closing either
 * end closes both; what was on its way is lost. `left` and `right` hear what the other end sends.
 */
export function createMemoryChannelPair(
  clock: Clock,
  left: ChannelEvents,
  right: ChannelEvents,
  delayMs = 0,
): MemoryChannelPair {
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    clock.after(0, () => {
      left.onClose();
      right.onClose();
    });
  };
  const end = (peer: ChannelEvents): Channel => ({
    send: (bytes) => {
      if (!open) return false;
      clock.after(delayMs, () => {
        if (open) peer.onMessage(bytes);
      });
      return true;
    },
    bufferedBytes: () => 0,
    close,
  });
  return { left: end(right), right: end(left) };
}
