import type { ClientRequest, IncomingMessage, InformationEvent } from "node:http";
import type { Socket } from "node:net";
import { HeaderList } from "../header-list.ts";
import { type BodyFraming, frameBody, hasBody } from "./body-framing.ts";
import { wireHeaders } from "./header-rules.ts";
import { limitConnect } from "./limit-connect.ts";
import type { ProxyCore } from "./proxy-core.ts";
import { announcedTrailers } from "./trailers.ts";

/** Why the app gave no answer. "upload-stalled" is the client's doing: it stopped sending its body. */
export type CallFailure = "broken" | "malformed" | "timeout" | "unreachable" | "unsendable" | "upload-stalled";

/** One request as the app is to get it. */
export interface AppRequest {
  readonly req: IncomingMessage;
  readonly method: string;
  readonly target: string;
  /** Without body framing. */
  readonly headers: HeaderList;
  readonly framing: BodyFraming;
}

/** What becomes of it: early answers first, then exactly one of answer and failure, unless cancelled. */
export interface AppCallEvents {
  onContinue(): void;
  onEarlyAnswer(info: InformationEvent): void;
  onAnswer(message: IncomingMessage): void;
  onFailure(failure: CallFailure): void;
}

// Safe to send twice when the connection died before one byte came back (RFC 9110 9.2.2).
const RETRYABLE = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "PROPFIND", "REPORT"]);

/** Asks the app once, and a second time if a kept connection turns out to have been closed meanwhile. */
export class AppCall {
  readonly #core: ProxyCore;
  readonly #request: AppRequest;
  readonly #events: AppCallEvents;
  readonly #headTimer: NodeJS.Timeout;
  #outgoing: ClientRequest | undefined;
  #isSettled = false;
  #isRetry = false;
  #bytesReadBefore = 0;

  constructor(core: ProxyCore, request: AppRequest, events: AppCallEvents) {
    this.#core = core;
    this.#request = request;
    this.#events = events;
    this.#headTimer = setTimeout(() => this.#onSilence(), core.timeouts.upstreamIdleMs);
    this.#send();
  }

  /** Ends the request at once, body included. No event comes any more. */
  cancel(): void {
    this.#settle();
    this.#outgoing?.destroy();
  }

  #send(): void {
    const outgoing = this.#open();
    if (!outgoing) return;
    this.#outgoing = outgoing;
    limitConnect(outgoing, this.#core.app.isTls, this.#core.timeouts.connectMs);
    outgoing.on("socket", (socket: Socket) => {
      this.#bytesReadBefore = socket.bytesRead;
    });
    outgoing.on("continue", () => this.#ifWaiting(() => this.#events.onContinue()));
    outgoing.on("information", (info) => this.#ifWaiting(() => this.#events.onEarlyAnswer(info)));
    outgoing.on("response", (message) => this.#answered(outgoing, message));
    outgoing.on("error", (error: NodeJS.ErrnoException) => this.#failed(outgoing, error.code ?? ""));
    outgoing.on("close", () => this.#failed(outgoing, ""));
    this.#sendBody(outgoing);
  }

  #open(): ClientRequest | undefined {
    const { method, target, framing } = this.#request;
    const headers = new HeaderList(this.#request.headers.entries());
    const fresh = hasBody(framing) || this.#isRetry;
    frameBody(headers, framing, method);
    if (fresh) headers.append("Connection", "close");
    try {
      return this.#core.app.open({ method, target, headers: wireHeaders(headers), fresh });
    } catch {
      this.#fail("unsendable");
      return undefined;
    }
  }

  #sendBody(outgoing: ClientRequest): void {
    const { req, framing } = this.#request;
    if (!hasBody(framing)) {
      outgoing.end();
      return;
    }
    req.on("data", () => this.#headTimer.refresh());
    if (framing.kind === "chunked") {
      req.once("end", () => outgoing.addTrailers(announcedTrailers(req)));
    }
    outgoing.on("close", () => {
      req.unpipe(outgoing);
      req.resume();
    });
    req.pipe(outgoing);
  }

  #ifWaiting(run: () => void): void {
    if (this.#isSettled) return;
    this.#headTimer.refresh();
    run();
  }

  #answered(outgoing: ClientRequest, message: IncomingMessage): void {
    if (this.#isSettled) {
      message.destroy();
      return;
    }
    this.#settle();
    // Node takes a body that only the close would end for whole even when the connection was reset.
    outgoing.once("error", (error) => {
      if (!message.complete) message.destroy(error);
    });
    this.#events.onAnswer(message);
  }

  #failed(outgoing: ClientRequest, code: string): void {
    if (this.#isSettled || outgoing !== this.#outgoing) return;
    if (this.#mayRetry(outgoing, code)) {
      this.#isRetry = true;
      this.#send();
      return;
    }
    const failure = failureOf(outgoing, code);
    this.#core.log.warn("the app gave no answer", { failure, code });
    this.#fail(failure);
  }

  #mayRetry(outgoing: ClientRequest, code: string): boolean {
    if (this.#isRetry || !outgoing.reusedSocket || (code !== "ECONNRESET" && code !== "EPIPE")) return false;
    if (hasBody(this.#request.framing) || !RETRYABLE.has(this.#request.method)) return false;
    return outgoing.socket?.bytesRead === this.#bytesReadBefore;
  }

  #onSilence(): void {
    const waitsForClient = !this.#request.req.complete && this.#outgoing?.writableNeedDrain === false;
    this.#fail(waitsForClient ? "upload-stalled" : "timeout");
  }

  #fail(failure: CallFailure): void {
    if (this.#isSettled) return;
    this.cancel();
    this.#events.onFailure(failure);
  }

  #settle(): void {
    this.#isSettled = true;
    clearTimeout(this.#headTimer);
  }
}

function failureOf(outgoing: ClientRequest, code: string): CallFailure {
  if (code.startsWith("HPE_")) return "malformed";
  const isCut = code === "" || code === "ECONNRESET" || code === "EPIPE";
  return isCut && outgoing.socket && !outgoing.socket.connecting ? "broken" : "unreachable";
}
