import { type PageToWorker, tagged, untag, type WorkerToPage } from "../protocol/page-port.ts";

/** Below Firefox's 30 s from the last event to the end of a service worker with open streams. */
const PING_MS = 10_000;

/** What the page does when the service worker speaks. */
export interface ControllerEvents {
  onMessage(message: WorkerToPage): void;
  /** Another service worker answers for this page from now on. */
  onController(): void;
}

/** The page's line to the service worker. */
export class Controller {
  #registration: ServiceWorkerRegistration | undefined;
  #ping: number | undefined;

  constructor(events: ControllerEvents) {
    navigator.serviceWorker.addEventListener("message", (event: MessageEvent<unknown>) => {
      const message = untag<WorkerToPage>(event.data);
      if (message === undefined) return;
      event.stopImmediatePropagation();
      if (message.type === "busy") this.#keepAlive(message.busy);
      events.onMessage(message);
    });
    navigator.serviceWorker.addEventListener("controllerchange", () => events.onController());
    // Without this, messages wait until the document is parsed.
    navigator.serviceWorker.startMessages();
  }

  /** Whom to talk to while no service worker controls the page. */
  setFallback(registration: ServiceWorkerRegistration): void {
    this.#registration = registration;
  }

  send(message: PageToWorker, transfer: Transferable[] = []): void {
    const waiting = this.#registration?.active ?? this.#registration?.waiting ?? this.#registration?.installing;
    (navigator.serviceWorker.controller ?? waiting)?.postMessage(tagged(message), transfer);
  }

  #keepAlive(busy: boolean): void {
    clearInterval(this.#ping);
    this.#ping = busy ? setInterval(() => this.send({ type: "ping" }), PING_MS) : undefined;
  }
}
