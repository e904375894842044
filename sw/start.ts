import { setCacheNameDetails } from "workbox-core/setCacheNameDetails.js";
import { Answers } from "./answer.ts";
import { interestOf } from "./interest.ts";
import { Lease } from "./lease.ts";
import { Pages } from "./pages.ts";
import { scope } from "./scope.ts";
import { Tally } from "./tally.ts";

/** The parts an entry may want to use after {@link start}. */
export interface Started {
  readonly pages: Pages;
  readonly lease: Lease;
}

/**
 * Listens, and answers what is ours and nothing else. In front of the app's own worker (`standalone: false`) our events are
 * kept from it, and its life cycle is its own.
 */
export function start(options: { readonly standalone: boolean }): Started {
  setCacheNameDetails({ prefix: "tuber", suffix: "v1" });
  const lease = new Lease(scope);
  const pages = new Pages(scope, () => {
    if (options.standalone) void lease.check(true);
  });
  const answers = new Answers(pages, new Tally(pages));

  scope.addEventListener("fetch", (event) => {
    if (options.standalone) void lease.check(false);
    const interest = interestOf(event.request, scope.location.origin);
    // A dead lease leaves scripts' requests alone; media elements may be in the middle of our bytes and go on with them.
    if (interest === undefined || (lease.isDead() && interest === "segment")) return;
    event.stopImmediatePropagation();
    event.respondWith(answers.answer(event.request, interest, event.clientId));
  });
  scope.addEventListener("message", (event) => {
    if (!pages.handle(event)) return;
    event.stopImmediatePropagation();
    if (options.standalone) void lease.check(false);
  });
  return { pages, lease };
}
