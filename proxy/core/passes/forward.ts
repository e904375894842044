import type { IncomingMessage, ServerResponse } from "node:http";
import type { Exchange } from "../../exchange.ts";
import { readAnswer } from "../app-answer.ts";
import { AppCall, type CallFailure } from "../app-call.ts";
import { bodyFraming } from "../body-framing.ts";
import { passEarlyAnswer } from "../early-answer.ts";
import { askForContinue } from "../expect.ts";
import { FAILURE_FAULTS, FAILURE_PAGES } from "../failure-pages.ts";
import { sendOwnPage } from "../own-page.ts";
import type { ProxyCore } from "../proxy-core.ts";
import { requestHeaders } from "../request-headers.ts";
import { runOnAnswer, runOnRequest } from "../run-rules.ts";
import { senderOf } from "../sender.ts";
import type { WebPass } from "../upstream.ts";
import { writeAnswer } from "../write-answer.ts";

/** Last pass: asks the app and passes its answer on. */
export function forward(core: ProxyCore): WebPass {
  return function forward(req, res) {
    const exchange = openExchange(core, req, res);
    if (exchange) new Forwarding(core, exchange).start();
    else res.destroy();
    return true;
  };
}

function openExchange(core: ProxyCore, req: IncomingMessage, res: ServerResponse): Exchange | undefined {
  const sender = senderOf(core.trusted, req.socket);
  if (!sender) return undefined;
  const headers = requestHeaders(req.rawHeaders, sender, core.app.host);
  return { req, res, method: req.method ?? "GET", target: req.url ?? "/", headers };
}

class Forwarding {
  readonly #core: ProxyCore;
  readonly #exchange: Exchange;
  #call: AppCall | undefined;

  constructor(core: ProxyCore, exchange: Exchange) {
    this.#core = core;
    this.#exchange = exchange;
  }

  start(): void {
    const { req, res, method, target, headers } = this.#exchange;
    runOnRequest(this.#core, this.#exchange);
    askForContinue(req, res, headers);
    this.#core.connections.whenGone(req.socket, res, () => this.#call?.cancel());
    const request = { req, method, target, headers, framing: bodyFraming(req.rawHeaders) };
    this.#call = new AppCall(this.#core, request, {
      onContinue: () => res.writeContinue(),
      onEarlyAnswer: (info) => passEarlyAnswer(this.#exchange, info),
      onAnswer: (message) => this.#answerOrFail(message),
      onFailure: (failure) => this.#fail(failure),
    });
  }

  /** A rule can hand over what Node refuses to write; that costs this exchange only. */
  #answerOrFail(message: IncomingMessage): void {
    try {
      this.#answer(message);
    } catch (error) {
      this.#core.onFault("internal");
      this.#core.log.warn("an answer could not be passed on", { error: String(error) });
      this.#reject();
    }
  }

  #answer(message: IncomingMessage): void {
    const { req, res } = this.#exchange;
    const answer = readAnswer(message);
    if (!answer) {
      this.#reject();
      return;
    }
    const result = runOnAnswer(this.#core, this.#exchange, answer);
    if (result === "taken") {
      this.#core.connections.whenGone(req.socket, res, undefined);
      return;
    }
    const options = { message, isLast: this.#core.isDraining() };
    if (!writeAnswer(this.#exchange, result, options)) this.#reject();
    else this.#core.connections.whenGone(req.socket, res, () => this.#abort(result.body));
  }

  #abort(body: { destroy(): void }): void {
    this.#call?.cancel();
    body.destroy();
  }

  #reject(): void {
    this.#call?.cancel();
    this.#fail("malformed");
  }

  #fail(failure: CallFailure): void {
    const { req, res, method } = this.#exchange;
    this.#core.onFault(FAILURE_FAULTS[failure]);
    this.#core.log.debug("answered for the app", { failure, method });
    const isLast = this.#core.isDraining() || failure === "upload-stalled";
    sendOwnPage(req, res, FAILURE_PAGES[failure], isLast);
  }
}
