import { createHmac, randomBytes, randomInt } from "node:crypto";
import type { RtcHost } from "../../node/rtc.ts";
import type { Body } from "../../peer/body.ts";
import type { Clock } from "../../peer/clock.ts";
import type { Log } from "../../peer/log.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { SendSignal, SessionSignal, SignalSessions } from "../signal/sessions.ts";
import { type LinkFault, OriginLink } from "./origin-link.ts";
import { OriginSession } from "./origin-session.ts";

export interface OriginPeerOptions {
  readonly rtc: RtcHost;
  readonly clock: Clock;
  readonly log: Log;
  /** Counts what strangers did wrong. */
  readonly onFault: (fault: OriginFault) => void;
  /** Bytes of content handed to a link. */
  readonly onSent: (payloadBytes: number) => void;
  /** Links and attempts at once; default 500. */
  readonly maxLinks?: number;
  /** The number a session is known by to other viewers, where somebody else gives them; default: drawn here. */
  readonly peerOf?: (session: SessionId) => number | undefined;
}

export type OriginFault = LinkFault | "link-limit" | "link-duplicate-attempt" | "link-timeout" | "link-bad-offer";

/** A link as `/status` shows it. */
export interface LinkStatus {
  /** A keyed hash of the session, new with each run: tells links apart and nothing else. */
  readonly session: string;
  readonly state: "connecting" | "open" | "closed";
  readonly rttMs: number | undefined;
  readonly bytesSent: number;
  readonly sinceMs: number;
  /** Kind of the client's ICE candidate. */
  readonly remoteKind: string | undefined;
}

/** The content peer inside the proxy: it pushes the bodies the app already answered with on the links of those who asked. */
export interface OriginPeer extends SignalSessions {
  /** Whether a push to this session has an open link to go on. */
  has(session: SessionId): boolean;
  /**
   * Sends the body as this stream, its first byte at offset `start`, until `end` (null: until it ends), `creditBytes` of it before
   * the client grants more. Owns the body from here; false, and the body cancelled, if no link takes it.
   */
  push(session: SessionId, stream: number, body: Body, start: number, end: number | null, creditBytes: number): boolean;
  links(): LinkStatus[];
  /** Ends every link; the RTC host stays its owner's. */
  close(): void;
}

/** An idle link costs 0.3 MB, a busy one 1 MB: this many fit a small machine. */
const MAX_LINKS = 500;
/** ICE that works is done in a second or two; what is not open by then never will be. */
const ATTEMPT_MS = 15_000;

export function createOriginPeer(options: OriginPeerOptions): OriginPeer {
  return new Origin(options);
}

class Origin implements OriginPeer {
  readonly #options: OriginPeerOptions;
  readonly #sessions = new Map<SessionId, OriginSession>();
  readonly #hashKey = randomBytes(16);
  #linkCount = 0;

  constructor(options: OriginPeerOptions) {
    this.#options = options;
  }

  has(session: SessionId): boolean {
    return this.#sessions.get(session)?.open !== undefined;
  }

  push(
    session: SessionId,
    stream: number,
    body: Body,
    start: number,
    end: number | null,
    creditBytes: number,
  ): boolean {
    const link = this.#sessions.get(session)?.open;
    if (link !== undefined) return link.push(stream, body, start, end, creditBytes);
    body.cancel();
    return false;
  }

  links(): LinkStatus[] {
    return Array.from(this.#sessions).flatMap(([id, session]) =>
      session.links.map((link) => ({
        session: this.#hash(id),
        state: link.state,
        rttMs: link.path.rttMs,
        bytesSent: link.sentBytes,
        sinceMs: link.ageMs,
        remoteKind: link.path.remoteKind,
      })),
    );
  }

  close(): void {
    for (const session of this.#sessions.values()) for (const link of session.links) link.close();
  }

  join(id: SessionId, send: SendSignal): number {
    const session =
      this.#sessions.get(id) ?? new OriginSession(this.#options.peerOf?.(id) ?? randomInt(1, 0xffff_ffff));
    this.#sessions.set(id, session);
    session.join(send);
    return session.peer;
  }

  leave(id: SessionId, send: SendSignal): void {
    this.#sessions.get(id)?.leave(send);
    this.#forgetIfIdle(id);
  }

  signal(id: SessionId, message: SessionSignal): void {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    if (message.type === "offer") this.#onOffer(id, session, message.attempt, message.sdp);
    else if (message.type === "candidate") session.link(message.attempt)?.addCandidate(message.candidate, message.mid);
    else if (message.type === "bye") for (const link of session.links) link.close();
  }

  #onOffer(id: SessionId, session: OriginSession, attempt: number, sdp: string): void {
    if (session.link(attempt) !== undefined) {
      this.#options.onFault("link-duplicate-attempt");
      return;
    }
    if (this.#linkCount >= (this.#options.maxLinks ?? MAX_LINKS)) {
      this.#options.onFault("link-limit");
      session.send({ type: "refused", attempt, why: "this server has all the links it can hold" });
      return;
    }
    this.#connect(id, session, attempt, sdp);
  }

  #connect(id: SessionId, session: OriginSession, attempt: number, sdp: string): void {
    const link = new OriginLink(this.#options);
    session.add(attempt, link);
    this.#linkCount += 1;
    let answered = false;
    const cancelTimer = this.#options.clock.after(ATTEMPT_MS, () => this.#reap(session, attempt, link));
    const carrier = this.#options.rtc.accept(sdp, {
      onAnswer: (answer) => {
        answered = true;
        session.send({ type: "answer", attempt, sdp: answer });
      },
      onCandidate: (candidate, mid) => session.send({ type: "candidate", attempt, candidate, mid }),
      onChannel: (channel) => {
        cancelTimer();
        this.#options.log.debug("link open", { session: this.#hash(id) });
        return link.open(channel);
      },
      onClose: () => {
        cancelTimer();
        this.#onClosed(id, session, attempt, link, answered);
      },
    });
    link.carriedBy(carrier);
  }

  #reap(session: OriginSession, attempt: number, link: OriginLink): void {
    this.#options.onFault("link-timeout");
    session.send({ type: "refused", attempt, why: "no channel was opened in time" });
    link.close();
  }

  #onClosed(id: SessionId, session: OriginSession, attempt: number, link: OriginLink, answered: boolean): void {
    this.#linkCount -= 1;
    if (!answered && link.state !== "closed") {
      this.#options.onFault("link-bad-offer");
      session.send({ type: "refused", attempt, why: "the offer cannot be answered" });
    }
    link.close();
    session.remove(attempt, link);
    this.#options.log.debug("link closed", { session: this.#hash(id), sentBytes: link.sentBytes });
    this.#forgetIfIdle(id);
  }

  #forgetIfIdle(id: SessionId): void {
    if (this.#sessions.get(id)?.idle) this.#sessions.delete(id);
  }

  #hash(id: SessionId): string {
    return createHmac("sha256", this.#hashKey).update(id).digest("hex").slice(0, 8);
  }
}
