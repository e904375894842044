import { PREFIX } from "../../protocol/paths.ts";
import { ownSource } from "../csp/header-policies.ts";
import { admitWorker } from "../csp/worker-script.ts";
import type { Answer, Exchange, Rule } from "../exchange.ts";
import { HeaderList } from "../header-list.ts";
import { codingOf, narrowAcceptEncoding } from "../inject/coding.ts";
import { forbidsTransform } from "../inject/document.ts";
import { addVary, describeChangedBody, Validators } from "../inject/validators.ts";
import { withPrefix } from "./prefix.ts";
import { MAX_WORKER_BYTES, rewriteScript } from "./rewrite-script.ts";

export interface OwnWorkerRuleOptions {
  /** URL path of our worker's core. */
  readonly corePath: string;
  /** See HtmlRuleOptions. */
  readonly publicHost?: string | undefined;
  /** Told the URL path (no query) of every service worker script that the app answers with. */
  readonly onAppWorker: (path: string) => void;
  readonly log: { debug(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

/** Changes only when the prefix does: every change makes browsers update the app's worker, and some apps show that to people. */
const PREFIX_VERSION = "1";

/** The rule that puts our core in front of the app's own service worker, so that both can work in one scope. */
export function createOwnWorkerRule(options: OwnWorkerRuleOptions): Rule {
  return new OwnWorkerRule(options);
}

class OwnWorkerRule implements Rule {
  readonly name = "own-worker";
  readonly #options: OwnWorkerRuleOptions;
  readonly #validators = new Validators("tuberworker", PREFIX_VERSION);
  /** Worker requests, with our validators that the client holds. */
  readonly #requests = new WeakMap<Exchange, readonly string[]>();

  constructor(options: OwnWorkerRuleOptions) {
    this.#options = options;
  }

  onRequest(exchange: Exchange): void {
    if (!asksForWorker(exchange)) {
      this.#validators.forget(exchange.headers);
      return;
    }
    this.#requests.set(exchange, this.#validators.toApp(exchange.headers));
    exchange.headers.delete("range", "if-range");
    narrowAcceptEncoding(exchange.headers);
  }

  onAnswer(exchange: Exchange, answer: Answer): Answer {
    const held = this.#requests.get(exchange);
    if (held === undefined) return answer;
    if (answer.status === 304) return held.length > 0 ? this.#confirm(exchange, answer, held) : answer;
    if (answer.status !== 200 || !isScript(answer.headers)) return answer;
    this.#options.onAppWorker(pathOf(exchange));
    return this.#change(exchange, answer);
  }

  #confirm(exchange: Exchange, answer: Answer, held: readonly string[]): Answer {
    const headers = new HeaderList(answer.headers.entries());
    admitWorker(headers, ownSource(exchange.headers, PREFIX, this.#options.publicHost));
    describe(headers, this.#validators.tagFor(headers) ?? (held.length === 1 ? held[0] : undefined));
    return { ...answer, headers };
  }

  #change(exchange: Exchange, answer: Answer): Answer {
    const headers = new HeaderList(answer.headers.entries());
    const coding = codingOf(headers);
    const isTooLong = Number(headers.get("content-length") ?? 0) > MAX_WORKER_BYTES;
    if (coding === undefined || isTooLong || forbidsTransform(headers))
      return this.#leave(exchange, answer, "its body");
    const admission = admitWorker(headers, ownSource(exchange.headers, PREFIX, this.#options.publicHost));
    if (admission === undefined) return this.#leave(exchange, answer, "its content security policy");
    describe(headers, this.#validators.tagFor(headers));
    const prefix = { corePath: this.#options.corePath, trustedTypes: admission.trustedTypes };
    const body = rewriteScript(answer.body, coding, async (script) => {
      const changed = await withPrefix(script, prefix);
      if (changed === undefined) this.#leave(exchange, answer, "its syntax");
      return changed;
    });
    return { ...answer, headers, body };
  }

  #leave(exchange: Exchange, answer: Answer, because: string): Answer {
    this.#options.log.debug("app's worker left alone", { path: pathOf(exchange), because });
    return answer;
  }
}

function asksForWorker(exchange: Exchange): boolean {
  if (exchange.method !== "GET" && exchange.method !== "HEAD") return false;
  if (exchange.headers.get("service-worker")?.trim().toLowerCase() !== "script") return false;
  return !exchange.target.startsWith(PREFIX);
}

function pathOf(exchange: Exchange): string {
  return exchange.target.replace(/[?#].*$/s, "");
}

/** Types that browsers accept for a service worker. */
function isScript(headers: HeaderList): boolean {
  const type = headers.get("content-type")?.split(";")[0]?.trim() ?? "";
  return /^(text|application)\/(x-)?(java|ecma)script$|^text\/(javascript1\.[0-5]|jscript|livescript)$/i.test(type);
}

function describe(headers: HeaderList, validator: string | undefined): void {
  describeChangedBody(headers, validator);
  headers.set("Accept-Ranges", "none");
  addVary(headers, "Service-Worker");
}
