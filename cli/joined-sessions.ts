import type { PlannerServer } from "../planner/planner-server.ts";
import type { OriginPeer } from "../proxy/origin/origin-peer.ts";
import type { SignalSessions } from "../proxy/signal/sessions.ts";

/** What clients say goes to both: links to the origin are its own business, swarms the planner's. */
export function joinedSessions(origin: OriginPeer, planner: PlannerServer): SignalSessions {
  return {
    join(session, send, address) {
      // First, because it gives the number that the origin knows the session by.
      const peer = planner.join(session, send, address);
      origin.join(session, send);
      return peer;
    },
    signal(session, message) {
      planner.signal(session, message);
      origin.signal(session, message);
    },
    leave(session, send) {
      planner.leave(session, send);
      origin.leave(session, send);
    },
  };
}
