import { MAX_LINKS } from "../protocol/limits.ts";
import { PREFIX } from "../protocol/paths.ts";
import { config } from "./config.ts";
import { Connection } from "./connection.ts";
import { rememberWay, signalsByEvents } from "./signalling-way.ts";
import { type LinksState, NO_LINKS } from "./status.ts";
import { scriptUrl } from "./trusted.ts";
import { keepVisitorId, visitorId } from "./visitor-id.ts";
import { type FromLinkWorker, ORIGIN_LINK, type ToLinkWorker } from "./worker-port.ts";

/** What the leader page hears of its links. */
export type OnLinks = (state: LinksState) => void;

/** The leader page's half of the links: starts the Tuber worker and makes RTCPeerConnections when it asks for them. */
export class LinkHost {
  readonly #worker: Worker;
  readonly #onLinks: OnLinks;
  readonly #connections = new Map<number, Connection>();
  readonly #visitor = visitorId();
  #isKept = false;

  /** `upload`: whether this browser may send to others now. */
  constructor(upload: boolean, onLinks: OnLinks) {
    this.#onLinks = onLinks;
    this.#worker = new Worker(scriptUrl(`${PREFIX}${config.build}/worker.js`));
    this.#worker.onmessage = (event: MessageEvent<FromLinkWorker>) => this.#handle(event.data);
    this.#worker.onerror = () =>
      onLinks({ ...NO_LINKS, why: "the site's policy or the network refused our worker script" });
    this.#tell({
      type: "start",
      base: location.origin,
      key: config.key ?? "",
      upload,
      uploadRatio: config.uploadRatio ?? Number.POSITIVE_INFINITY,
      visitor: this.#visitor,
      byEvents: signalsByEvents(),
    });
  }

  /** A port for the service worker; whatever it asks there is answered by the links. */
  servicePort(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#tell({ type: "sw-port", port: port1 }, [port1]);
    return port2;
  }

  /** Whether this browser may send to others has changed. */
  setUpload(upload: boolean): void {
    this.#tell({ type: "means", upload });
  }

  /** Ends the links; a page in the back-forward cache must hold no connection. */
  stop(): void {
    this.#tell({ type: "stop" });
    for (const connection of this.#connections.values()) connection.close();
    this.#worker.terminate();
  }

  #handle(message: FromLinkWorker): void {
    if (message.type === "links") {
      this.#onLinks(message);
      if (message.uploadedBytes > 0) this.#keep();
      return;
    }
    if (message.type === "signalling") {
      rememberWay(message.byEvents);
      return;
    }
    if (message.type === "connect" || message.type === "accept") {
      this.#connect(message);
      return;
    }
    const connection = this.#connections.get(message.link);
    if (connection === undefined || connection.attempt !== message.attempt) return;
    if (message.type === "answer") void connection.answer(message.sdp);
    else if (message.type === "candidate") connection.candidate(message.candidate, message.mid);
    else this.#close(message.link);
  }

  #keep(): void {
    if (!this.#isKept && this.#visitor !== undefined) keepVisitorId(this.#visitor);
    this.#isKept = true;
  }

  #connect(order: Extract<FromLinkWorker, { type: "connect" | "accept" }>): void {
    const { link, attempt } = order;
    this.#close(link);
    try {
      // The origin's link goes before all others.
      if (link !== ORIGIN_LINK && this.#connections.size >= MAX_LINKS) throw new RangeError("too many links");
      this.#connections.set(link, this.#make(order));
    } catch (error) {
      this.#tell({ type: "failed", link, attempt, why: `the browser refused a connection (${String(error)})` });
    }
  }

  #make(order: Extract<FromLinkWorker, { type: "connect" | "accept" }>): Connection {
    const tell = (message: ToLinkWorker, transfer?: Transferable[]): void => this.#tell(message, transfer);
    if (order.type === "connect") return Connection.offering(order.link, order.attempt, config.stun, tell);
    return Connection.answering(order.link, order.attempt, config.stun, tell, order.sdp);
  }

  #close(link: number): void {
    this.#connections.get(link)?.close();
    this.#connections.delete(link);
  }

  #tell(message: ToLinkWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
