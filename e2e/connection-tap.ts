// What a page's connections carried, by the browser's own counters. Shipped to the browser by its text.

declare global {
  interface Window {
    carried(): Promise<Carried>;
  }
}

/** Bytes of messages on all data channels: what came from whom, and what went to other viewers. */
export interface Carried {
  readonly origin: number;
  readonly viewer: number;
  readonly toViewers: number;
}

/** To run in the page before its own scripts: from then on `window.carried()` answers. */
export function tapConnections(_: null): void {
  const connections: RTCPeerConnection[] = [];
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  };
  type Report = Map<string, { type: string; bytesReceived?: number; bytesSent?: number }>;
  window.carried = async () => {
    const carried = { origin: 0, viewer: 0, toViewers: 0 };
    for (const connection of connections) {
      // A line that Chromium always writes into its descriptions, and the origin's engine never.
      const isViewer = /^a=extmap-allow-mixed/m.test(connection.remoteDescription?.sdp ?? "");
      for (const { type, bytesReceived = 0, bytesSent = 0 } of ((await connection.getStats()) as Report).values()) {
        if (type !== "data-channel") continue;
        carried[isViewer ? "viewer" : "origin"] += bytesReceived;
        carried.toViewers += isViewer ? bytesSent : 0;
      }
    }
    return carried;
  };
}

/** In such a page. */
export function carried(_: null): Promise<Carried> {
  return window.carried();
}
