import type { PeerLink } from "../../peer/link-ports.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { BytePath, FromProvider, LinkState, ToProvider } from "../../protocol/page-port.ts";
import { BegunStream } from "./begun-stream.ts";
import { SwarmAnswers } from "./swarm/swarm-answers.ts";
import type { Swarms } from "./swarm/swarms.ts";

/** The service worker's port: its streams are opened on the link or in a swarm, and the bytes handed over without a copy. */
export class ServicePort {
  readonly #port: MessagePort;
  readonly #link: () => PeerLink | undefined;
  readonly #swarms: () => Swarms | undefined;
  readonly #answers: SwarmAnswers;
  /** Bodies that notes began, while the origin's link brings them. */
  readonly #begun = new Map<number, BegunStream>();

  /** `link`: the origin's, while it is open; `swarms`: while there may be any. */
  constructor(port: MessagePort, link: () => PeerLink | undefined, swarms: () => Swarms | undefined) {
    this.#port = port;
    this.#link = link;
    this.#swarms = swarms;
    this.#answers = new SwarmAnswers({
      find: async (url) => swarms()?.find(url),
      note: (stream, note) => this.#send({ type: "note", stream, note }),
      data: (stream, bytes, path) => this.#data(stream, bytes, path),
      end: (stream, offset) => this.#send({ type: "end", stream, offset }),
      fail: (stream, why) => this.#send({ type: "fail", stream, why }),
    });
    port.onmessage = ({ data }: MessageEvent<ToProvider>) => this.#handle(data);
  }

  tellLink(state: LinkState, session: SessionId): void {
    this.#send({ type: "link", state, session });
  }

  close(): void {
    this.#answers.close();
    for (const stream of this.#begun.keys()) this.#over(stream);
    this.#port.close();
  }

  #handle(message: ToProvider): void {
    const link = this.#link();
    switch (message.type) {
      case "open":
        if (link) this.#open(link, message.stream, message.start, message.creditBytes);
        else this.#send({ type: "fail", stream: message.stream, why: "no link" });
        return;
      case "ask":
        void this.#answers.ask(message);
        return;
      case "swarm":
        return this.#swarms()?.join(message.note, message.url, this.#begun.get(message.note.stream));
      case "consumed":
        if (!this.#answers.consumed(message.stream, message.bytes))
          this.#begun.get(message.stream)?.taken(message.bytes);
        return;
      case "cancel":
        if (this.#answers.cancel(message.stream)) return;
        this.#over(message.stream);
        link?.cancel(message.stream);
    }
  }

  #open(link: PeerLink, stream: number, start: number | null, creditBytes: number): void {
    const begun = new BegunStream(creditBytes, {
      consumed: (bytes) => link.consumed(stream, bytes),
      creditBytes: () => link.creditOf(stream),
      goOn: (rest) => {
        this.#begun.delete(stream);
        link.cancel(stream);
        this.#answers.goOn(stream, rest);
      },
    });
    this.#begun.set(stream, begun);
    const over = (message: FromProvider): void => {
      this.#over(stream);
      this.#send(message);
    };
    link.open(
      stream,
      start,
      {
        data: (bytes) => {
          // The bytes are handed over, and gone from here afterwards.
          const { length } = bytes;
          this.#data(stream, bytes, "origin");
          begun.came(length);
        },
        end: (offset) => over({ type: "end", stream, offset }),
        fail: (why) => over({ type: "fail", stream, why }),
      },
      creditBytes,
    );
  }

  #over(stream: number): void {
    this.#begun.get(stream)?.over();
    this.#begun.delete(stream);
  }

  #data(stream: number, bytes: Uint8Array, path: Exclude<BytePath, "http">): void {
    const { buffer, byteOffset } = bytes;
    if (!(buffer instanceof ArrayBuffer)) return;
    if (path !== "store") this.#swarms()?.links.took(bytes.length);
    this.#send({ type: "data", stream, buffer, from: byteOffset, path }, [buffer]);
  }

  #send(message: FromProvider, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
