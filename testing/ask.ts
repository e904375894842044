import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";

export interface Question {
  /** Default `/`. */
  readonly path?: string;
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly bytes: Buffer;
  readonly text: string;
}

/** One request on a connection of its own, and the whole answer. */
export async function ask(origin: string, question: Question = {}): Promise<Reply> {
  const res = await askForHead(origin, question);
  const bytes = await buffer(res);
  return {
    status: res.statusCode ?? 0,
    headers: res.headers,
    rawHeaders: res.rawHeaders,
    bytes,
    text: bytes.toString(),
  };
}

/** The same, as soon as the head is there; the body is the caller's to read. */
export function askForHead(
  origin: string,
  { path = "/", method = "GET", headers = {} }: Question,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(origin + path, { method, headers, agent: false }, resolve)
      .on("error", reject)
      .end();
  });
}
