// Which way signalling got through last in this tab: finding out that WebSockets are swallowed takes seconds, which no later page
// of the tab is to pay again. Not for longer: elsewhere the socket is the better one, it leaves the site all its connections.

const KEY = "tuber-events";

export function signalsByEvents(): boolean {
  try {
    return sessionStorage.getItem(KEY) === "1";
  } catch {
    return false;
  }
}

export function rememberWay(byEvents: boolean): void {
  try {
    if (byEvents) sessionStorage.setItem(KEY, "1");
    else sessionStorage.removeItem(KEY);
  } catch {
    // Every page finds out by itself.
  }
}
