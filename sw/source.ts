import type { BytePath } from "../protocol/page-port.ts";

/** Where an answer's bytes come from at the moment. One source owns a stream; a failed one is replaced at the exact byte. */
export interface Source {
  /** Of the bytes last read; a source of one path never becomes one of HTTP. */
  readonly path: BytePath;
  /** The next bytes, in order; "end" when the source says it is whole, "failed" when it broke or stalled. Never rejects. */
  read(): Promise<Uint8Array | "end" | "failed">;
  cancel(): void;
}

/** The body of a plain HTTP response; left alone (and free to be passed on) until it is read or cancelled. */
export function httpSource(response: Response): Source {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  return {
    path: "http",
    async read() {
      try {
        reader ??= response.body?.getReader();
        const result = await reader?.read();
        return result === undefined || result.done ? "end" : result.value;
      } catch {
        return "failed";
      }
    },
    cancel() {
      reader ??= response.body?.getReader();
      void reader?.cancel().catch(() => undefined);
    },
  };
}
