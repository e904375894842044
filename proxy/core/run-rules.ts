import type { Answer, Exchange } from "../exchange.ts";
import type { HeaderList } from "../header-list.ts";
import type { ProxyCore } from "./proxy-core.ts";

/** Lets each rule see the request, in order. A rule that throws leaves no trace. */
export function runOnRequest(core: ProxyCore, exchange: Exchange): void {
  for (const rule of core.rules) {
    attempt(core, rule.name, exchange.headers, () => rule.onRequest?.(exchange));
  }
}

/** Lets each rule see the answer, each getting the former's result, until one has taken it. */
export function runOnAnswer(core: ProxyCore, exchange: Exchange, first: Answer): Answer | "taken" {
  let answer = first;
  for (const rule of core.rules) {
    const result = attempt(core, rule.name, answer.headers, () => rule.onAnswer?.(exchange, answer));
    if (result === "taken") return "taken";
    answer = result ?? answer;
  }
  return answer;
}

function attempt<T>(core: ProxyCore, name: string, headers: HeaderList, run: () => T): T | undefined {
  const saved = [...headers.entries()];
  try {
    return run();
  } catch (error) {
    restore(headers, saved);
    core.onFault(`rule-${name}`);
    core.log.warn("a rule failed; the exchange goes on without it", { rule: name, error: String(error) });
    return undefined;
  }
}

function restore(headers: HeaderList, saved: readonly (readonly [string, string])[]): void {
  headers.delete(...headers.entries().map(([name]) => name));
  for (const [name, value] of saved) headers.append(name, value);
}
