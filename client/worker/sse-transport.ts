import type { ClientSignal } from "../../protocol/client-signal.ts";
import { SIGNAL_EVENTS_PATH, SIGNAL_MESSAGES_PATH } from "../../protocol/paths.ts";
import { parseServerSignal } from "../../protocol/signal.ts";
import { randomHex } from "./random.ts";
import type { OpenTransport } from "./transport.ts";

/** Messages of one burst (a trickle of candidates) share a POST. */
const BATCH_MS = 20;

/** Signalling where WebSockets fail: events come in on one response, messages go out as POSTs, one at a time, in order. */
export const openEventSource: OpenTransport = (base, events) => {
  const query = `?channel=${randomHex(16)}`;
  const source = new EventSource(new URL(SIGNAL_EVENTS_PATH + query, base));
  const queue: ClientSignal[] = [];
  let sending = false;
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    source.close();
    events.onClose();
  };
  const flush = async (): Promise<void> => {
    while (queue.length > 0 && !over) {
      const body = JSON.stringify(queue.splice(0));
      const url = new URL(SIGNAL_MESSAGES_PATH + query, base);
      const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
      if (!response.ok) throw new Error(response.statusText);
    }
    sending = false;
  };
  source.onopen = () => events.onOpen();
  source.onmessage = ({ data }: MessageEvent<unknown>) => {
    const signal = parseServerSignal(String(data));
    if (signal) events.onSignal(signal);
  };
  // A new connection would be a new channel to the server: start over instead.
  source.onerror = end;
  return {
    send(signal) {
      queue.push(signal);
      if (sending || over) return;
      sending = true;
      setTimeout(() => void flush().catch(end), BATCH_MS);
    },
    close: end,
  };
};
