import type { Channel, ChannelEvents } from "../../peer/channel.ts";

/** A transferred RTCDataChannel as a Channel. `onOpen` once it can send, and before its first message. */
export function dataChannel(channel: RTCDataChannel, events: ChannelEvents, onOpen: () => void): Channel {
  channel.binaryType = "arraybuffer";
  const opened = once(onOpen);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    opened();
    if (data instanceof ArrayBuffer) events.onMessage(new Uint8Array(data));
  };
  channel.onclose = () => events.onClose();
  channel.onopen = opened;
  // The other side's channel is open before it comes to us.
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

function once(run: () => void): () => void {
  let ran = false;
  return () => {
    if (ran) return;
    ran = true;
    run();
  };
}
