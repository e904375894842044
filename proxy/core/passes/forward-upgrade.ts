import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { HeaderList } from "../../header-list.ts";
import { readAnswer } from "../app-answer.ts";
import type { CallFailure } from "../app-call.ts";
import { FAILURE_FAULTS, FAILURE_PAGES } from "../failure-pages.ts";
import { areSendable, dropHopByHop, isSendableValue, rawHead, wireHeaders } from "../header-rules.ts";
import { HeldBytes } from "../held-bytes.ts";
import { joinSockets } from "../join-sockets.ts";
import { limitConnect } from "../limit-connect.ts";
import { endWith } from "../linger.ts";
import { ownPageBytes } from "../own-page.ts";
import type { ProxyCore } from "../proxy-core.ts";
import { requestHeaders } from "../request-headers.ts";
import { senderOf } from "../sender.ts";
import type { UpgradePass } from "../upstream.ts";

/** Last pass of upgrades: asks the app for a WebSocket and becomes a byte pipe if it agrees. */
export function forwardUpgrade(core: ProxyCore): UpgradePass {
  return function forwardUpgrade(req, socket, _options, head) {
    const sender = senderOf(core.trusted, socket);
    if (!sender) {
      socket.destroy();
      return true;
    }
    const headers = requestHeaders(req.rawHeaders, sender, core.app.host);
    headers.append("Connection", "Upgrade");
    headers.append("Upgrade", "websocket");
    new Handshake(core, socket, head).start(req.url ?? "/", headers);
    return true;
  };
}

class Handshake {
  readonly #core: ProxyCore;
  readonly #socket: Socket;
  // Held back until the app agrees: an app that refuses would read them as its next request.
  readonly #early: HeldBytes;
  #outgoing: ClientRequest | undefined;
  #headTimer: NodeJS.Timeout | undefined;

  constructor(core: ProxyCore, socket: Socket, head: Buffer) {
    this.#core = core;
    this.#socket = socket;
    this.#early = new HeldBytes(socket, head);
  }

  start(target: string, headers: HeaderList): void {
    const outgoing = this.#open(target, headers);
    if (!outgoing) {
      this.#fail("unsendable");
      return;
    }
    this.#outgoing = outgoing;
    this.#socket.once("close", this.#cancel);
    this.#socket.once("end", this.#cancel);
    this.#headTimer = setTimeout(() => this.#fail("timeout"), this.#core.timeouts.upstreamIdleMs);
    limitConnect(outgoing, this.#core.app.isTls, this.#core.timeouts.connectMs);
    outgoing.once("upgrade", (message, appSocket, head) => this.#agree(message, appSocket, head));
    outgoing.once("response", (message) => this.#refuse(message));
    outgoing.on("error", () => this.#fail("unreachable"));
    outgoing.once("close", () => this.#fail("broken"));
    outgoing.end();
  }

  #open(target: string, headers: HeaderList): ClientRequest | undefined {
    try {
      return this.#core.app.open({ method: "GET", target, headers: wireHeaders(headers), fresh: true });
    } catch {
      return undefined;
    }
  }

  readonly #cancel = (): void => {
    this.#settle();
    this.#outgoing?.destroy();
    this.#socket.destroy();
  };

  /** True the first time: the handshake has one outcome. */
  #settle(): boolean {
    if (!this.#headTimer) return false;
    clearTimeout(this.#headTimer);
    this.#headTimer = undefined;
    return true;
  }

  #agree(message: IncomingMessage, appSocket: Socket, head: Buffer): void {
    appSocket.on("error", () => appSocket.destroy());
    const headers = HeaderList.fromRaw(message.rawHeaders);
    const protocol = headers.get("upgrade") ?? "websocket";
    dropHopByHop(headers);
    headers.append("Connection", "Upgrade");
    headers.append("Upgrade", protocol);
    const statusText = message.statusMessage ?? "";
    if (!isSendableValue(statusText) || !areSendable(headers)) {
      appSocket.destroy();
      this.#fail("malformed");
      return;
    }
    this.#leave();
    this.#socket.write(Buffer.concat([rawHead(`HTTP/1.1 101 ${statusText}`, headers), head]));
    const early = this.#early.release();
    if (early.length > 0) appSocket.write(early);
    joinSockets(this.#socket, appSocket);
  }

  /** The app's refusal in full; the connection's end is the body's end, so a broken one must be a reset. */
  #refuse(message: IncomingMessage): void {
    const answer = readAnswer(message);
    if (!answer) {
      this.#fail("malformed");
      return;
    }
    this.#settle();
    this.#socket.off("end", this.#cancel);
    this.#early.release();
    this.#socket.resume();
    answer.headers.append("Connection", "close");
    this.#socket.write(rawHead(`HTTP/1.1 ${answer.status} ${answer.statusText}`, answer.headers));
    answer.body.once("error", () => this.#socket.resetAndDestroy());
    answer.body.once("end", () => {
      this.#socket.off("close", this.#cancel);
      endWith(this.#socket);
    });
    answer.body.pipe(this.#socket, { end: false });
  }

  #fail(failure: CallFailure): void {
    if (failure !== "unsendable" && !this.#settle()) return;
    this.#leave();
    this.#outgoing?.destroy();
    this.#core.onFault(FAILURE_FAULTS[failure]);
    endWith(this.#socket, ownPageBytes(FAILURE_PAGES[failure]));
  }

  #leave(): void {
    this.#settle();
    this.#socket.off("close", this.#cancel);
    this.#socket.off("end", this.#cancel);
  }
}
