import { PREFIX } from "../../protocol/paths.ts";
import { ownSource } from "../csp/header-policies.ts";
import { admitPage } from "../csp/page.ts";
import type { Answer, Exchange, Rule } from "../exchange.ts";
import { HeaderList } from "../header-list.ts";
import { accepts, type Coding, codingOf, narrowAcceptEncoding } from "./coding.ts";
import { forbidsTransform, type Markup, markupOf } from "./document.ts";
import { HtmlScanner } from "./html-scanner.ts";
import { InsertTag } from "./insert-tag.ts";
import { looksOpaque, type Navigation, navigationOf, wantsRest } from "./navigation.ts";
import { recode } from "./recode.ts";
import { addVary, describeChangedBody, Validators } from "./validators.ts";
import { XhtmlScanner } from "./xhtml-scanner.ts";

export interface HtmlRuleOptions {
  /** URL path of the script to inject, `/__tuber/<hash>/client.js`. */
  readonly scriptPath: string;
  /** Changes whenever the script does; letters and digits. Pages that browsers hold from an older build are fetched anew. */
  readonly buildHash: string;
  /** Injects although the app says `no-transform`; default false. */
  readonly ignoreNoTransform?: boolean;
  /** The host (and port) visitors type, if requests may carry another; see ownSource. */
  readonly publicHost?: string | undefined;
  readonly log: { debug(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

/** What the request told about an exchange that may load a document. */
interface Visit {
  readonly navigation: Exclude<Navigation, "no">;
  /** Our validators that the client holds and the app was asked about: a 304 confirms the page as we changed it. */
  readonly held: readonly string[];
}

/**
 * The rule that puts our script into pages: documents that a window or frame loads, and nothing else. docs/PROXY-BEHAVIOUR.md
 * lists what can be observed.
 */
export function createHtmlRule(options: HtmlRuleOptions): Rule {
  return new HtmlRule(options);
}

class HtmlRule implements Rule {
  readonly name = "html";
  readonly #options: HtmlRuleOptions;
  readonly #validators: Validators;
  readonly #visits = new WeakMap<Exchange, Visit>();

  constructor(options: HtmlRuleOptions) {
    this.#options = options;
    this.#validators = new Validators("tuber", options.buildHash);
  }

  onRequest(exchange: Exchange): void {
    const navigation = navigationOf(exchange);
    if (navigation === "no") {
      this.#validators.forget(exchange.headers);
      return;
    }
    const held = this.#askForWhole(exchange);
    this.#visits.set(exchange, { navigation, held });
    narrowAcceptEncoding(exchange.headers);
  }

  /** Makes the app answer with a whole page, or confirm the one that we changed. */
  #askForWhole({ headers, target }: Exchange): readonly string[] {
    const isOpaque = looksOpaque(target);
    const held = isOpaque && !this.#validators.knows(headers) ? [] : this.#validators.toApp(headers);
    this.#validators.forgetRange(headers);
    if (!isOpaque && !wantsRest(headers)) headers.delete("range", "if-range");
    return held;
  }

  onAnswer(exchange: Exchange, answer: Answer): Answer {
    const visit = this.#visits.get(exchange);
    if (visit === undefined) return answer;
    if (answer.status === 304) return visit.held.length > 0 ? this.#confirm(exchange, answer, visit) : answer;
    const markup = markupOf(answer);
    const coding = codingOf(answer.headers);
    if (markup === undefined || coding === undefined || this.#isForbidden(exchange, answer)) return answer;
    return this.#change(exchange, answer, { ...visit, markup, coding });
  }

  #isForbidden(exchange: Exchange, answer: Answer): boolean {
    return !this.#options.ignoreNoTransform && (forbidsTransform(answer.headers) || forbidsTransform(exchange.headers));
  }

  /** A 304 for a page that the client holds as we changed it; its headers replace the stored ones, so they are changed alike. */
  #confirm(exchange: Exchange, answer: Answer, visit: Visit): Answer {
    const headers = new HeaderList(answer.headers.entries());
    const only = visit.held.length === 1 ? visit.held[0] : undefined;
    const validator = this.#validators.tagFor(headers) ?? only;
    this.#admit(exchange, headers, "html");
    describe(headers, validator, visit.navigation);
    return { ...answer, headers };
  }

  #change(exchange: Exchange, answer: Answer, page: Page): Answer {
    const headers = new HeaderList(answer.headers.entries());
    const tag = this.#admit(exchange, headers, page.markup);
    if (tag === undefined) return answer;
    describe(headers, this.#validators.tagFor(headers), page.navigation);
    const to = page.coding === "deflate" && accepts(exchange.headers, "gzip") ? "gzip" : page.coding;
    if (to !== page.coding) headers.set("Content-Encoding", to);
    const change = new InsertTag(scannerFor(page), tag, (inserted) => {
      if (!inserted) this.#options.log.debug("page left alone", { why: "no place for the tag in its first bytes" });
    });
    return { ...answer, headers, body: recode(answer.body, { from: page.coding, to, change }) };
  }

  #admit(exchange: Exchange, headers: HeaderList, markup: Markup): string | undefined {
    const source = ownSource(exchange.headers, PREFIX, this.#options.publicHost);
    const admission = admitPage(headers, { scriptPath: this.#options.scriptPath, markup, source });
    if (admission === undefined) this.#options.log.debug("page left alone", { why: "its policy sandboxes it" });
    else if (admission.widened) this.#options.log.debug("content security policy widened", { source });
    return admission?.tag;
  }
}

interface Page extends Visit {
  readonly markup: Markup;
  readonly coding: Coding;
}

function scannerFor({ markup, navigation }: Page) {
  return markup === "xhtml" ? new XhtmlScanner() : new HtmlScanner({ needsProof: navigation === "guess" });
}

function describe(headers: HeaderList, validator: string | undefined, navigation: Navigation): void {
  describeChangedBody(headers, validator);
  headers.set("Accept-Ranges", "none");
  addVary(headers, "Sec-Fetch-Dest");
  // Where browsers do not name the destination, Accept is what tells a page from a fetch() of it.
  if (navigation === "guess") addVary(headers, "Accept");
}
