import { SIGNAL_PATH } from "../../protocol/paths.ts";
import { parseServerSignal } from "../../protocol/signal.ts";
import type { OpenTransport } from "./transport.ts";

/** Proxies that swallow WebSockets often leave them hanging: for the opening, which takes several round trips. */
const OPENING_MS = 3_000;
/** Or open them and carry nothing: for the first message, which takes one. */
const FIRST_MESSAGE_MS = 2_000;
/** Below the shortest idle limit met on the way (cloudflared: 100 s). */
const PING_MS = 45_000;

/** Signalling over a WebSocket. */
export const openWebSocket: OpenTransport = (base, events) => {
  const socket = new WebSocket(new URL(SIGNAL_PATH, base.replace(/^http/, "ws")));
  // Not only closed: the browser would wait for the other side's word of farewell.
  const close = (): void => {
    socket.close();
    end();
  };
  let timeout = setTimeout(close, OPENING_MS);
  const ping = setInterval(() => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "ping" }));
  }, PING_MS);
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    clearTimeout(timeout);
    clearInterval(ping);
    events.onClose();
  };
  socket.onopen = () => {
    clearTimeout(timeout);
    timeout = setTimeout(close, FIRST_MESSAGE_MS);
    events.onOpen();
  };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (over) return;
    clearTimeout(timeout);
    const signal = parseServerSignal(String(data));
    if (signal) events.onSignal(signal);
  };
  socket.onclose = end;
  return {
    send(signal) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(signal));
    },
    close,
  };
};
