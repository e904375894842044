import type { JoinedSwarm } from "../../../peer/swarm/joined-swarm.ts";
import type { Note } from "../../../protocol/note.ts";
import type { BegunStream } from "../begun-stream.ts";
import type { Answer } from "./answer.ts";
import type { Searched } from "./finder.ts";
import type { Membership } from "./membership.ts";
import type { Reading, StreamSink, SwarmStream } from "./swarm-stream.ts";

/** One swarm that this viewer is in. */
export interface ViewerSwarm extends Searched {
  readonly joined: JoinedSwarm;
  readonly membership: Membership;
  /** Its parents send by themselves, so that their silence means something. */
  readonly isPushed: boolean;
  /** Nobody here has use of it any more, or its ticket has ended. */
  readonly isOver: boolean;
  /** For how long nobody has read or asked anything of it, if it may give way to another swarm. */
  readonly idleMs: number | undefined;
  /** The planner's newest assignment is another one than before. */
  assigned(): void;
  /** Begins to read a part of what was found; the sink hears nothing before the stream is pumped. */
  open(answer: Answer, reading: Reading, sink: StreamSink): SwarmStream;
  /** A note of this swarm's began this body: the swarm may go on with it. */
  begun(note: Note, stream: BegunStream): void;
  close(): void;
}
