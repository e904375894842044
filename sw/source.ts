/** Where an answer's bytes come from at the moment. One source owns a stream; a failed one is replaced at the exact byte. */
export interface Source {
  readonly path: "http" | "origin";
  /** The next bytes, in order; "end" when the source says it is whole, "failed" when it broke or stalled. Never rejects. */
  read(): Promise<Uint8Array | "end" | "failed">;
  cancel(): void;
}

/** The body of a plain HTTP response; the response stays whole, and may be handed on, until the first read. */
export function httpSource(response: Response): Source {
  let taken: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const reader = () => {
    taken ??= response.body?.getReader();
    return taken;
  };
  return {
    path: "http",
    async read() {
      try {
        const result = await reader()?.read();
        return result === undefined || result.done ? "end" : result.value;
      } catch {
        return "failed";
      }
    },
    cancel() {
      void reader()
        ?.cancel()
        .catch(() => undefined);
    },
  };
}
