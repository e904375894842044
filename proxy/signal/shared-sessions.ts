import type { SignalSessions } from "./sessions.ts";

/** Sessions that several parts of the server care for: each hears everything, the first gives the numbers. */
export function shareSessions(first: SignalSessions, ...others: readonly SignalSessions[]): SignalSessions {
  const all = [first, ...others];
  return {
    join(session, send, address) {
      const peer = first.join(session, send, address);
      for (const other of others) other.join(session, send, address);
      return peer;
    },
    signal(session, message) {
      for (const one of all) one.signal(session, message);
    },
    leave(session, send) {
      for (const one of all) one.leave(session, send);
    },
  };
}
