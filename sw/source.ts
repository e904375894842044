/** Where an answer's bytes come from at the moment. One source owns a stream; a failed one is replaced at the exact byte. */
export interface Source {
  readonly path: "http" | "origin";
  /** The next bytes, in order; "end" when the source says it is whole, "failed" when it broke or stalled. Never rejects. */
  read(): Promise<Uint8Array | "end" | "failed">;
  cancel(): void;
}

/** The body of a plain HTTP response. */
export function httpSource(response: Response): Source {
  const reader = response.body?.getReader();
  return {
    path: "http",
    async read() {
      try {
        const result = await reader?.read();
        return result === undefined || result.done ? "end" : result.value;
      } catch {
        return "failed";
      }
    },
    cancel() {
      void reader?.cancel().catch(() => undefined);
    },
  };
}
