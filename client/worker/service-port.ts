import type { Receiver } from "../../peer/receiver.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { FromProvider, LinkState, ToProvider } from "../../protocol/page-port.ts";

/** The service worker's port: its streams are opened on the link, and the link's bytes handed over without a copy. */
export class ServicePort {
  readonly #port: MessagePort;
  readonly #receiver: () => Receiver | undefined;

  constructor(port: MessagePort, receiver: () => Receiver | undefined) {
    this.#port = port;
    this.#receiver = receiver;
    port.onmessage = ({ data }: MessageEvent<ToProvider>) => this.#handle(data);
  }

  tellLink(state: LinkState, session: SessionId): void {
    this.#send({ type: "link", state, session });
  }

  close(): void {
    this.#port.close();
  }

  #handle(message: ToProvider): void {
    const receiver = this.#receiver();
    switch (message.type) {
      case "open":
        if (receiver) this.#open(receiver, message.stream, message.start, message.creditBytes);
        else this.#send({ type: "fail", stream: message.stream, why: "no link" });
        return;
      case "ask":
        this.#send({ type: "fail", stream: message.stream, why: "no swarm" });
        return;
      case "swarm":
        return;
      case "consumed":
        receiver?.consumed(message.stream, message.bytes);
        return;
      case "cancel":
        receiver?.cancel(message.stream);
    }
  }

  #open(receiver: Receiver, stream: number, start: number | null, creditBytes: number): void {
    receiver.open(
      stream,
      start,
      {
        data: (bytes) => this.#data(stream, bytes),
        end: (offset) => this.#send({ type: "end", stream, offset }),
        fail: (why) => this.#send({ type: "fail", stream, why }),
      },
      creditBytes,
    );
  }

  #data(stream: number, bytes: Uint8Array): void {
    const { buffer, byteOffset } = bytes;
    if (!(buffer instanceof ArrayBuffer)) return;
    this.#send({ type: "data", stream, buffer, from: byteOffset, path: "origin" }, [buffer]);
  }

  #send(message: FromProvider, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}
