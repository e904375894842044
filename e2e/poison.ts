// What a hostile viewer's page does before anything of Tuber runs in it. Shipped to the browser by its text.

declare global {
  interface Window {
    /** Frames that went out poisoned. */
    poisoned: number;
  }
}

/**
 * Has this page's Tuber worker send other bytes than it should: of its pieces, one after the other, one with a bit flipped, one under
 * another's number, one cut short, one filled with an older piece's bytes, and one followed by pieces that nobody asked for.
 */
export function poisonPieces(_: null): void {
  function poison(): void {
    const piece = 11;
    const headerBytes = 13;
    const send = RTCDataChannel.prototype.send as (this: RTCDataChannel, data: unknown) => void;
    const telling = new BroadcastChannel("poisoned");
    let count = 0;
    let older: Uint8Array | undefined;
    function spoil(frame: Uint8Array): Uint8Array[] {
      const spoilt = frame.slice();
      const number = new DataView(spoilt.buffer).getUint32(5);
      switch (count % 5) {
        case 0:
          spoilt[headerBytes] = (spoilt[headerBytes] ?? 0) ^ 1;
          return [spoilt];
        case 1:
          new DataView(spoilt.buffer).setUint32(5, number + 1);
          return [spoilt];
        case 2:
          return [spoilt.subarray(0, headerBytes + (spoilt.length - headerBytes) / 2)];
        case 3:
          spoilt.set(older?.subarray(headerBytes, spoilt.length) ?? new Uint8Array(16), headerBytes);
          return [spoilt];
        default:
          return [spoilt, spoilt, spoilt, spoilt];
      }
    }
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown): void {
      const buffer = ArrayBuffer.isView(data) ? data.buffer : (data as ArrayBuffer);
      const from = ArrayBuffer.isView(data) ? data.byteOffset : 0;
      const frame = new Uint8Array(buffer as ArrayBuffer, from, (data as ArrayBuffer).byteLength);
      if (frame[0] !== piece || frame.length < headerBytes + 32) return send.call(this, data);
      for (const spoilt of spoil(frame)) send.call(this, spoilt);
      older = frame.slice();
      count += 1;
      telling.postMessage(count);
    };
  }
  window.poisoned = 0;
  new BroadcastChannel("poisoned").onmessage = ({ data }: MessageEvent<number>) => {
    window.poisoned = data;
  };
  const Honest = window.Worker;
  window.Worker = class extends Honest {
    constructor(script: string | URL, options?: WorkerOptions) {
      const load = `importScripts(${JSON.stringify(new URL(script, location.href).href)});`;
      super(URL.createObjectURL(new Blob([`(${poison})();${load}`])), options);
    }
  };
}
