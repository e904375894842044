/** All tabs of a site share one link: the page that holds this lock has it. */
const LOCK = "tuber-leader";

/** Calls `lead` once this page is the site's leader in this browser; the returned function hands the lead on. */
export function runForLeader(lead: () => void): () => void {
  const abort = new AbortController();
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  void navigator.locks
    .request(LOCK, { signal: abort.signal }, () => {
      lead();
      return held;
    })
    // Aborted: the page went away before its turn came.
    .catch(() => undefined);
  return () => {
    abort.abort();
    release?.();
  };
}
