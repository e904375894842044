import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpMeterOptions {
  readonly listenHost: string;
  /** 0 takes a free one. */
  readonly listenPort: number;
  readonly targetHost: string;
  readonly targetPort: number;
}

/** Payload bytes of TCP as read from the sockets. */
export interface TcpBytes {
  readonly fromTarget: number;
  readonly toTarget: number;
  readonly connections: number;
}

/** Forwards TCP connections and counts every byte, so that what crossed HTTP is known from outside the product. */
export interface TcpMeter {
  readonly port: number;
  /** Totals since the start, open connections included. */
  bytes(): TcpBytes;
  /** Breaks the open connections (RST), as a lost network path does. */
  cut(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly target: Socket;
}

export async function startTcpMeter(options: TcpMeterOptions): Promise<TcpMeter> {
  const open = new Set<Pair>();
  const past = { fromTarget: 0, toTarget: 0, connections: 0 };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const { targetHost: host, targetPort: port } = options;
    const pair = { client, target: connect({ host, port, allowHalfOpen: true, noDelay: true }) };
    open.add(pair);
    past.connections += 1;
    couple(pair, () => {
      open.delete(pair);
      past.fromTarget += pair.target.bytesRead;
      past.toTarget += client.bytesRead;
    });
  });
  server.listen(options.listenPort, options.listenHost);
  await once(server, "listening");
  const cut = (): void => {
    for (const { client, target } of open) {
      client.resetAndDestroy();
      target.resetAndDestroy();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => total(past, open),
    cut,
    close: async () => {
      server.close();
      cut();
      await once(server, "close");
    },
  };
}

function total(past: TcpBytes, open: ReadonlySet<Pair>): TcpBytes {
  let { fromTarget, toTarget } = past;
  for (const pair of open) {
    fromTarget += pair.target.bytesRead;
    toTarget += pair.client.bytesRead;
  }
  return { fromTarget, toTarget, connections: past.connections };
}

/** Bytes and ends go both ways; a broken side breaks the other. `onClosed` runs once, when both are gone. */
function couple({ client, target }: Pair, onClosed: () => void): void {
  let closed = 0;
  for (const [from, to] of [
    [client, target],
    [target, client],
  ] as const) {
    from.pipe(to);
    from.on("error", () => to.resetAndDestroy());
    from.on("close", () => {
      if (!from.readableEnded) to.destroy();
      closed += 1;
      if (closed === 2) onClosed();
    });
  }
}
