import type { Channel, ChannelEvents } from "../../peer/channel.ts";

/**
 * A transferred RTCDataChannel as a Channel. `onOpen` once it can send, and before its first message: Chromium's brings messages
 * while it still refuses to send any, and says that it is open a moment later.
 */
export function dataChannel(channel: RTCDataChannel, events: ChannelEvents, onOpen: () => void): Channel {
  channel.binaryType = "arraybuffer";
  const early: unknown[] = [];
  const take = (data: unknown): void => {
    if (data instanceof ArrayBuffer) events.onMessage(new Uint8Array(data));
  };
  const opened = (): void => {
    onOpen();
    for (const data of early.splice(0)) take(data);
  };
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    early.push(data);
    if (channel.readyState !== "connecting") opened();
  };
  channel.onclose = () => events.onClose();
  channel.onopen = opened;
  if (channel.readyState === "open") queueMicrotask(opened);
  return {
    send(bytes) {
      try {
        channel.send(bytes);
        return true;
      } catch {
        return false;
      }
    },
    bufferedBytes: () => channel.bufferedAmount,
    close: () => channel.close(),
  };
}

/** A channel that stayed in the page (see connection.ts), through its port. */
export function portChannel(port: MessagePort, events: ChannelEvents, onOpen: () => void): Channel {
  let open = true;
  const end = (): void => {
    if (!open) return;
    open = false;
    port.close();
    events.onClose();
  };
  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === "open") onOpen();
    else if (data === "close") end();
    else if (data instanceof ArrayBuffer) events.onMessage(new Uint8Array(data));
  };
  return {
    send(bytes) {
      if (open) port.postMessage(bytes.buffer, [bytes.buffer]);
      return open;
    },
    // The page's own buffer cannot be seen from here; what is on its way is bounded by the link's window.
    bufferedBytes: () => 0,
    close() {
      if (open) port.postMessage("close");
      end();
    },
  };
}
