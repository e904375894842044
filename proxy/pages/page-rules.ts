import { CORE_PATH } from "../../protocol/paths.ts";
import type { Rule } from "../exchange.ts";
import { createHtmlRule } from "../inject/html-rule.ts";
import { createOwnWorkerRule } from "../own-worker/own-worker-rule.ts";
import { Assets } from "./assets.ts";
import type { SiteMemory } from "./site-memory.ts";

export interface PageRulesOptions {
  readonly memory: SiteMemory;
  readonly stun: readonly string[];
  /** See HtmlRuleOptions. */
  readonly publicHost?: string | undefined;
  /** The origin's public key, where viewers serve each other. */
  readonly key?: string | undefined;
  /** See client/config.ts. */
  readonly uploadRatio?: number | undefined;
  readonly log: {
    debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
    info(message: string, fields?: Readonly<Record<string, unknown>>): void;
    warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  };
}

/** Our files and the rules that bring them into the site's pages; both change when the app turns out to have a worker. */
export interface PageRules {
  readonly rules: readonly Rule[];
  assets(): Assets;
}

export function createPageRules(options: PageRulesOptions): PageRules {
  const { memory, publicHost, log } = options;
  let current = build(options);
  const ownWorker = createOwnWorkerRule({
    corePath: CORE_PATH,
    publicHost,
    log,
    onAppWorker(path) {
      // A worker from another folder has that folder's scope, and ours for the whole site does not meet it.
      if (memory.appHasWorker || path.lastIndexOf("/") > 0) return;
      log.info("the site has a service worker of its own, ours goes in front of it", { path });
      try {
        memory.setAppHasWorker();
      } catch (error) {
        log.warn("could not write to the data directory", { error: String(error) });
      }
      current = build(options);
    },
  });
  return { rules: [inTurn(() => current.html), ownWorker], assets: () => current.assets };
}

function build({ memory, stun, publicHost, key, uploadRatio, log }: PageRulesOptions): { assets: Assets; html: Rule } {
  const assets = new Assets({ mode: "proxy", stun, key, uploadRatio, appHasWorker: memory.appHasWorker });
  return { assets, html: createHtmlRule({ scriptPath: assets.scriptPath, buildHash: assets.build, publicHost, log }) };
}

/** A rule that may be replaced while it stands: an exchange that began under the old one passes untouched. */
function inTurn(rule: () => Rule): Rule {
  return {
    name: "html",
    onRequest: (exchange) => rule().onRequest?.(exchange),
    onAnswer: (exchange, answer) => rule().onAnswer?.(exchange, answer) ?? answer,
  };
}
