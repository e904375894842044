// What a hostile viewer's page does before anything of Tuber runs in it. Shipped to the browser by its text.

declare global {
  interface Window {
    /** Frames that went out poisoned. */
    poisoned: number;
  }
}

/**
 * Has this page's Tuber worker send other bytes than it should: of its frames of pieces one in each of these ways, the texts of
 * functions as in testing/poison-kinds.ts, one after the other.
 */
export function poisonPieces(kinds: readonly string[]): void {
  type Frame = Uint8Array<ArrayBuffer>;
  function poison(poisons: readonly ((frame: Frame, older: Frame) => Frame[])[]): void {
    const piece = 11;
    const headBytes = 13;
    const send = RTCDataChannel.prototype.send as (this: RTCDataChannel, data: unknown) => void;
    const telling = new BroadcastChannel("poisoned");
    let count = 0;
    let older: Frame = new Uint8Array(headBytes + 16);
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown): void {
      const buffer = ArrayBuffer.isView(data) ? data.buffer : (data as ArrayBuffer);
      const from = ArrayBuffer.isView(data) ? data.byteOffset : 0;
      const frame = new Uint8Array(buffer as ArrayBuffer, from, (data as ArrayBuffer).byteLength);
      if (frame[0] !== piece || frame.length < headBytes + 32) return send.call(this, data);
      const spoilt = poisons[count % poisons.length]?.(frame.slice(), older) ?? [];
      for (const message of spoilt) send.call(this, message);
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
      super(URL.createObjectURL(new Blob([`(${poison})([${kinds.join(",")}]);${load}`])), options);
    }
  };
}
