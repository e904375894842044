import { PREFIX } from "../protocol/paths.ts";
import { config } from "./config.ts";
import { Connection } from "./connection.ts";
import { scriptUrl } from "./trusted.ts";
import type { FromLinkWorker, ToLinkWorker } from "./worker-port.ts";

/** The leader page's half of the link: starts the Tuber worker and makes RTCPeerConnections when it asks for them. */
export class LinkHost {
  readonly #worker: Worker;
  readonly #onLink: (open: boolean, why: string) => void;
  #connection: Connection | undefined;

  constructor(onLink: (open: boolean, why: string) => void) {
    this.#onLink = onLink;
    this.#worker = new Worker(scriptUrl(`${PREFIX}${config.build}/worker.js`));
    this.#worker.onmessage = (event: MessageEvent<FromLinkWorker>) => this.#handle(event.data);
    this.#worker.onerror = () => onLink(false, "the site's policy or the network refused our worker script");
    this.#tell({ type: "start", base: location.origin });
  }

  /** A port for the service worker; whatever it asks there is answered by the link. */
  servicePort(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#tell({ type: "sw-port", port: port1 }, [port1]);
    return port2;
  }

  /** Ends the link; a page in the back-forward cache must hold no connection. */
  stop(): void {
    this.#tell({ type: "stop" });
    this.#connection?.close();
    this.#worker.terminate();
  }

  #handle(message: FromLinkWorker): void {
    switch (message.type) {
      case "connect":
        this.#connection?.close();
        this.#connect(message.attempt);
        return;
      case "answer":
        if (message.attempt === this.#connection?.attempt) void this.#connection.answer(message.sdp);
        return;
      case "candidate":
        if (message.attempt === this.#connection?.attempt) this.#connection.candidate(message.candidate, message.mid);
        return;
      case "disconnect":
        if (message.attempt === this.#connection?.attempt) this.#connection.close();
        return;
      case "link":
        this.#onLink(message.open, message.why);
    }
  }

  #connect(attempt: number): void {
    try {
      this.#connection = new Connection(attempt, config.stun, (message, transfer) => this.#tell(message, transfer));
    } catch (error) {
      this.#tell({ type: "failed", attempt, why: `the browser refused a connection (${String(error)})` });
    }
  }

  #tell(message: ToLinkWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
