import { JoinedSwarm } from "../../../peer/swarm/joined-swarm.ts";
import { createSwarmMember } from "../../../peer/swarm/member.ts";
import { SwarmIntake } from "../../../peer/swarm/swarm-intake.ts";
import type { Manifest } from "../../../protocol/manifest.ts";
import type { Answer } from "./answer.ts";
import { Membership } from "./membership.ts";
import { SwarmContent } from "./swarm-content.ts";
import type { SwarmEntry } from "./swarm-entry.ts";
import type { Reading, StreamSink, SwarmStream } from "./swarm-stream.ts";
import type { ViewerSwarm } from "./viewer-swarm.ts";

/** A swarm nobody here has asked anything of for this long is left. */
const IDLE_MS = 30_000;

/** A live stream's swarm that this viewer is in: what it brings comes by itself. */
export class LiveSwarm implements ViewerSwarm {
  /** Left soon enough when idle; while it is watched nothing takes its place. */
  readonly idleMs = undefined;
  readonly isPushed = true;
  readonly joined: JoinedSwarm;
  readonly membership: Membership;
  readonly #entry: SwarmEntry;
  readonly #content: SwarmContent;
  readonly #intake: SwarmIntake;
  #askedMs: number;

  constructor(entry: SwarmEntry) {
    const { ticket, clock } = entry;
    const { swarm } = ticket;
    this.#entry = entry;
    this.#askedMs = clock.nowMs();
    const member = createSwarmMember({ ...entry, swarm });
    const isFed = () => (this.membership.assignment?.parents.length ?? 0) > 0;
    this.#content = new SwarmContent({ ...entry, member, isFed });
    this.#intake = new SwarmIntake({
      ...entry,
      swarm,
      member: this.#content,
      onOriginTime: (timeMs) => entry.originTime.learn(timeMs),
      onCorrupt: (peer) => {
        this.membership.corrupt(peer);
        entry.onCorrupt(peer);
      },
    });
    this.joined = new JoinedSwarm({ swarm, member, intake: this.#intake, ticket: ticket.bytes });
    this.membership = new Membership({ ...entry, joined: this.joined });
  }

  get isOver(): boolean {
    return this.#entry.clock.nowMs() - this.#askedMs > IDLE_MS || this.membership.hasEnded;
  }

  assigned(): void {}

  find(key: string): Manifest | undefined {
    return this.membership.isEnding ? undefined : this.#content.find(key);
  }

  asked(path: string): void {
    this.#askedMs = this.#entry.clock.nowMs();
    this.#content.asked(path);
  }

  awaits(_key: string, path: string): boolean {
    return !this.membership.isEnding && this.#content.expectsPath(path);
  }

  open(answer: Answer, reading: Reading, sink: StreamSink): SwarmStream {
    return this.#content.open(answer, reading, sink);
  }

  /** Segments are short: what the origin began it ends. */
  begun(): void {}

  close(): void {
    this.#intake.close();
    this.#content.close();
    this.joined.member.close();
  }
}
