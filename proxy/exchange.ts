import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { HeaderList } from "./header-list.ts";

/** One request of a client on its way to the app. Rules change `headers`; method and target go as they came. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly method: string;
  /** Path and query exactly as on the wire. */
  readonly target: string;
  /** What the app will be sent: hop-by-hop headers gone, X-Forwarded-* written, body framing not yet. */
  readonly headers: HeaderList;
}

/** The app's answer on its way back (never a 1xx or 101). */
export interface Answer {
  readonly status: number;
  readonly statusText: string;
  /** Hop-by-hop headers gone. Content-Length stands if the app sent it and is right; a rule that changes the body drops or mends it. */
  readonly headers: HeaderList;
  /** The app's body, framing undone; an app that dies mid-body makes it fail (`error`), never end. */
  readonly body: Readable;
}

/**
 * A rule sees each exchange twice. `onRequest` may change the headers the app gets. `onAnswer` returns the answer to pass on
 * (the same, or a changed one whose body reads from the old), or "taken": the rule has answered the client by itself and owns
 * `answer.body` (must end or destroy it). A rule that throws is left out and the answer passes untouched.
 */
export interface Rule {
  readonly name: string;
  onRequest?(exchange: Exchange): void;
  onAnswer?(exchange: Exchange, answer: Answer): Answer | "taken";
}
