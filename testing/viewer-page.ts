// A viewer's page with one link to another viewer, for a browser to run: the connection and its channel are the client's own. The test
// carries what the two say to each other.
import { Connection } from "../client/connection.ts";
import type { ToLinkWorker } from "../client/worker-port.ts";
import type { Load, ToViewerWorker } from "./viewer-worker.ts";

/** What `window.viewer` does for the test. */
export interface ViewerPage {
  /** Begins a link; its offer. */
  offer(): Promise<string>;
  /** Takes the other one's offer; the answer to it. */
  accept(offer: string): Promise<string>;
  answer(sdp: string): Promise<void>;
  /** Where the other one can be reached: a candidate's line. */
  candidate(line: string): void;
  /** The port at which this one takes UDP. */
  udpPort(): Promise<number>;
  /** Sends the other one this much; when it began, in milliseconds of the machine's clock. */
  send(load: Load): Promise<number>;
  /** Takes this much; when the last one was here, in milliseconds of the machine's clock. To be called before the other one sends. */
  take(load: Load): Promise<number>;
}

declare global {
  interface Window {
    startViewer(workerText: string): void;
    viewer: ViewerPage;
  }
}

window.startViewer = (workerText) => {
  const worker = new Worker(URL.createObjectURL(new Blob([workerText])));
  const port = settled<number>();
  const sdp = settled<string>();
  let connection: Connection | undefined;
  const tell = (message: ToLinkWorker, transfer: Transferable[] = []): void => {
    if (message.type === "offer" || message.type === "answer") sdp.settle(withoutCandidates(message.sdp));
    else if (message.type === "candidate") port.settle(Number(/ udp \d+ \S+ (\d+) /.exec(message.candidate)?.[1]));
    else if (message.type === "channel") worker.postMessage(message, transfer);
  };
  const ask = (order: ToViewerWorker): Promise<number> => {
    const { port1, port2 } = new MessageChannel();
    worker.postMessage(order, [port2]);
    return new Promise((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    });
  };
  window.viewer = {
    offer: () => {
      connection = Connection.offering(1, 1, [], tell);
      return sdp.promise;
    },
    accept: (offer) => {
      connection = Connection.answering(1, 1, [], tell, offer);
      return sdp.promise;
    },
    answer: async (answer) => connection?.answer(answer),
    candidate: (line) => connection?.candidate(line, "0"),
    udpPort: () => port.promise,
    send: (load) => ask({ type: "send", load }),
    take: (load) => ask({ type: "take", load }),
  };
};

/** The test says where each is to be found, so that there is no way past the line. */
function withoutCandidates(sdp: string): string {
  return sdp.replace(/a=candidate.*\r\n/g, "");
}

function settled<T>(): { promise: Promise<T>; settle(value: T): void } {
  let settle: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, settle: (value) => settle(value) };
}
