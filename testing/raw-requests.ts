import type { Socket } from "node:net";

/** One request as a lenient server reads it from the wire. Text is latin1: a character for each byte. */
export interface RawRequest {
  readonly line: string;
  /** Name, value pairs as they stood. */
  readonly headers: readonly (readonly [string, string])[];
  /** Undone of its framing. */
  readonly body: string;
  readonly trailers: string;
}

/** The values of this header, in order. */
export function valuesOf(request: RawRequest, name: string): string[] {
  return request.headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}

/** How a lenient server finds the end of a body: which header it looks at first. */
export type Leniency = "length-first" | "chunked-first";

/** Calls `onRequest` for each whole request on the socket, and `onHead` when its head is there. */
export function readRequests(
  socket: Socket,
  leniency: Leniency,
  onRequest: (request: RawRequest) => void,
  onHead: (request: RawRequest) => void = () => {},
): void {
  let unread = "";
  let announced = "";
  socket.on("data", (chunk: Buffer) => {
    unread += chunk.toString("latin1");
    for (let end = unread.indexOf("\r\n\r\n"); end >= 0; end = unread.indexOf("\r\n\r\n")) {
      const head = parseHead(unread.slice(0, end));
      if (announced !== unread.slice(0, end)) onHead(head);
      announced = unread.slice(0, end);
      const body = readBody(head, unread.slice(end + 4), leniency);
      if (!body) return;
      announced = "";
      unread = body.rest;
      onRequest({ ...head, body: body.body, trailers: body.trailers });
    }
  });
}

function parseHead(text: string): RawRequest {
  const [line = "", ...rest] = text.split("\r\n");
  const headers = rest.map((header) => {
    const colon = header.indexOf(":");
    return [header.slice(0, colon).trim(), header.slice(colon + 1).trim()] as const;
  });
  return { line, headers, body: "", trailers: "" };
}

interface ReadBody {
  readonly body: string;
  readonly trailers: string;
  readonly rest: string;
}

function readBody(head: RawRequest, text: string, leniency: Leniency): ReadBody | undefined {
  const length = valuesOf(head, "content-length")[0];
  const isChunked = valuesOf(head, "transfer-encoding").join().toLowerCase().includes("chunked");
  if (isChunked && (leniency === "chunked-first" || length === undefined)) return readChunks(text);
  const size = Number.parseInt(length ?? "0", 10) || 0;
  return text.length < size ? undefined : { body: text.slice(0, size), trailers: "", rest: text.slice(size) };
}

function readChunks(text: string): ReadBody | undefined {
  let body = "";
  for (let at = 0; ; ) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(text.slice(at, lineEnd), 16) || 0;
    const start = lineEnd + 2;
    if (size === 0) return readTrailers(body, text, lineEnd);
    if (text.length < start + size + 2) return undefined;
    body += text.slice(start, start + size);
    at = start + size + 2;
  }
}

function readTrailers(body: string, text: string, at: number): ReadBody | undefined {
  const end = text.indexOf("\r\n\r\n", at);
  if (end < 0) return undefined;
  return { body, trailers: text.slice(at + 2, end), rest: text.slice(end + 4) };
}
