/** What `/status` tells the operator. */
export interface Status {
  /** Body bytes delivered to viewers, by the way they went. */
  readonly bytes: {
    readonly http: number;
    readonly origin: number;
    readonly booster: number;
    readonly viewer: number;
  };
  /** One entry for each open link; no addresses. */
  readonly links: readonly unknown[];
  /** What is or was lately delivered over links. */
  readonly contents: readonly unknown[];
  /** Live streams and on-demand contents that viewers pass on to each other: who sends to whom, by number; no sessions, no addresses. */
  readonly swarms?: readonly unknown[];
  /** Who sends first in them, as configured; absent where visitors pass nothing on. */
  readonly serve?: "peers-first" | "origin-first" | undefined;
  /** The site behind, as configured. */
  readonly upstream: string;
  readonly uptimeMs: number;
  readonly version: string;
  /** The WebRTC engine and the UDP port of all links; absent where nothing is linked (uninstall-sw). */
  readonly engine?: string | undefined;
  readonly udpPort?: number | undefined;
  /** Requests that would have taken a note, and bad input survived, by kind. */
  readonly segments?: Readonly<Record<string, number>>;
  readonly demand?: Readonly<Record<string, number>>;
  readonly notes?: Readonly<Record<string, number>>;
  readonly faults?: Readonly<Record<string, number>>;
}
