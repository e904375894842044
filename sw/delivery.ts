import { formatRange } from "../protocol/ranges.ts";
import { validatorOf } from "../protocol/validator.ts";
import { type Asked, ask, type Manner } from "./ask.ts";
import { continues, type Head } from "./head.ts";
import type { Provider } from "./provider.ts";
import type { RequestPlan } from "./request-plan.ts";
import type { Source } from "./source.ts";

/** With less than this to go a change from HTTP to the link costs more than it spares. */
const UPGRADE_MIN_BYTES = 262_144;
/** How long a broken body is asked for again before the page is told: the time a restart of the proxy takes. */
const RESUME_TRIES = 12;
const RESUME_PAUSE_MS = 500;

/** What a delivery needs from its service worker. */
export interface DeliveryPorts {
  provider(): Provider | undefined;
  /** Resolves when there is no point in waiting for a link that a starting page may bring. */
  linkSoon(): Promise<void>;
  /** Bytes that went into the answer. */
  count(path: Source["path"], bytes: number): void;
  done(): void;
}

/**
 * One answer's body: read from a source, failed over at the exact byte, never mixed. A body that cannot be finished is an
 * error, because browsers take a short end for success.
 */
export class Delivery {
  readonly #plan: RequestPlan;
  readonly #manner: Manner;
  readonly #ports: DeliveryPorts;
  readonly #head: Head;
  #source: Source;
  #position: number;
  #mayUpgrade: boolean;
  #stopped = false;

  constructor(plan: RequestPlan, manner: Manner, ports: DeliveryPorts, first: Extract<Asked, { type: "body" }>) {
    this.#plan = plan;
    this.#manner = manner;
    this.#ports = ports;
    this.#head = first.head;
    this.#source = first.source;
    this.#position = first.head.start;
    this.#mayUpgrade = first.source.path === "http";
  }

  body(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => this.#pull(controller),
        cancel: () => this.#stop(),
      },
      { highWaterMark: 0 },
    );
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#source.path === "http") await this.#ports.linkSoon();
    if (this.#shouldUpgrade()) await this.#upgrade();
    for (;;) {
      const result = await this.#source.read();
      // The page wants no more: its cancelling is what ended the source.
      if (this.#stopped) return;
      if (result instanceof Uint8Array) {
        if (this.#take(result, controller)) return;
        continue;
      }
      if (result === "end" && this.#isWhole()) return this.#close(controller);
      if (!(await this.#resume())) return this.#fail(controller);
    }
  }

  /** Hands bytes to the page; false if there were none. Closes at the end the head promised, whatever follows. */
  #take(bytes: Uint8Array, controller: ReadableStreamDefaultController<Uint8Array>): boolean {
    const { end } = this.#head;
    const wanted = end === undefined ? bytes : bytes.subarray(0, end - this.#position);
    if (wanted.byteLength === 0) return false;
    this.#position += wanted.byteLength;
    this.#ports.count(this.#source.path, wanted.byteLength);
    controller.enqueue(wanted);
    if (this.#position === end) this.#close(controller);
    return true;
  }

  #isWhole(): boolean {
    return this.#head.end === undefined || this.#position === this.#head.end;
  }

  #close(controller: ReadableStreamDefaultController<Uint8Array>): void {
    controller.close();
    this.#stop();
  }

  #fail(controller: ReadableStreamDefaultController<Uint8Array>): void {
    controller.error(new TypeError("the body broke"));
    this.#stop();
  }

  #stop(): void {
    this.#stopped = true;
    this.#source.cancel();
    this.#ports.done();
  }

  #shouldUpgrade(): boolean {
    if (!this.#mayUpgrade || this.#source.path !== "http" || this.#ports.provider()?.session() === undefined)
      return false;
    return this.#canContinue() && (this.#head.end ?? 0) - this.#position >= UPGRADE_MIN_BYTES;
  }

  /** From HTTP to the link, once it is open: the HTTP body is left only when its continuation is there. */
  async #upgrade(): Promise<void> {
    const next = await this.#askRest(this.#ports.provider()).catch(() => undefined);
    if (next?.source.path === "origin") {
      this.#source.cancel();
      this.#source = next.source;
      return;
    }
    next?.source.cancel();
    this.#mayUpgrade = false;
  }

  /** The rest from wherever it can be had; false if the content changed or nobody answers. */
  async #resume(): Promise<boolean> {
    this.#source.cancel();
    if (!this.#canContinue() && this.#hasBegun()) return false;
    for (let tries = 0; tries < RESUME_TRIES; tries++) {
      if (tries > 0) await new Promise((resolve) => setTimeout(resolve, RESUME_PAUSE_MS));
      const next = await this.#askRest(this.#ports.provider()).catch(() => "away" as const);
      if (next === "away") continue;
      if (next === undefined) return false;
      this.#source = next.source;
      this.#mayUpgrade = true;
      return true;
    }
    return false;
  }

  #hasBegun(): boolean {
    return this.#position !== this.#head.start;
  }

  #canContinue(): boolean {
    return this.#head.total !== undefined && validatorOf(this.#head.headers) !== undefined;
  }

  /** Asks for [position, end) of the same content; undefined if the app's answer is anything else. Rejects while it is away. */
  async #askRest(provider: Provider | undefined): Promise<Extract<Asked, { type: "body" }> | undefined> {
    const start = this.#position;
    const next = await ask(this.#plan, provider, this.#manner, start, this.#rangeFrom(start));
    if (next.type === "body" && this.#fits(next.head)) return next;
    if (next.type === "body") next.source.cancel();
    else void next.response.body?.cancel();
    if (next.type === "other" && next.response.status >= 500) throw new TypeError("away");
    return undefined;
  }

  /** Before the first byte the request is simply made again, as it was. */
  #rangeFrom(start: number): Record<string, string> {
    const validator = validatorOf(this.#head.headers);
    if (!this.#hasBegun() || validator === undefined) return {};
    return { range: formatRange(start, this.#head.end), "if-range": validator };
  }

  #fits(next: Head): boolean {
    if (this.#hasBegun()) return continues(this.#head, next, this.#position);
    const { status, start, end, total, headers } = this.#head;
    const same = next.status === status && next.start === start && next.end === end && next.total === total;
    return same && next.headers.get("etag") === headers.get("etag");
  }
}
