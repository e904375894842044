import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { within } from "./within.ts";

/** Lines kept for error messages. */
const TAIL_LINES = 30;

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Adds Node's message pipe for children that are Node programs. */
  readonly ipc?: boolean;
  /** This many pipes more, from the fourth on, for children that talk over them. */
  readonly morePipes?: number;
}

let leaves = false;

/**
 * Has this process end without tidying up its handles: Node 20 may wait there for ever, spinning, for one that belonged to a child which
 * outlived its parent's interest (seen with Firefox). Registered from within a test, so that it comes after the test runner's own word.
 */
function leaveAtOnce(): void {
  if (leaves) return;
  leaves = true;
  process.once("exit", () => process.exit());
}

/** A child process whose output is read line by line. Only this process is ever ended, never one found by its name. */
export class Child {
  readonly process: ChildProcess;
  /** Settles when the process is gone. */
  readonly gone: Promise<void>;
  readonly #tail: string[] = [];
  readonly #watchers = new Set<(line: string) => void>();
  readonly #what: string;

  constructor(options: ChildOptions) {
    leaveAtOnce();
    this.#what = options.command;
    // A pipe as standard input tells children that watch it when this process is gone.
    const more = new Array<"pipe">(options.morePipes ?? 0).fill("pipe");
    const stdio: StdioOptions = ["pipe", "pipe", "pipe", ...(options.ipc ? (["ipc"] as const) : more)];
    this.process = spawn(options.command, options.args, { stdio, env: options.env ?? process.env });
    this.gone = new Promise((resolve) => {
      this.process.once("exit", () => resolve());
      this.process.once("error", (error) => {
        this.#take(String(error));
        resolve();
      });
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => this.#take(line));
    }
  }

  /** What `read` makes of the first line (of output to come) it has a value for. Rejects when the child ends first or is late. */
  async line<T>(read: (line: string) => T | undefined, timeoutMs = 20_000): Promise<T> {
    let watch = (_line: string): void => {};
    const found = new Promise<T>((resolve) => {
      watch = (line) => {
        const value = read(line);
        if (value !== undefined) resolve(value);
      };
      this.#watchers.add(watch);
    });
    const ended = this.gone.then(() => Promise.reject(new Error(`${this.#what} ended: ${this.tail()}`)));
    try {
      return await within(timeoutMs, Promise.race([found, ended]), () => `${this.#what} is silent: ${this.tail()}`);
    } finally {
      this.#watchers.delete(watch);
    }
  }

  /** The last lines it wrote. */
  tail(): string {
    return this.#tail.join("\n");
  }

  /** Asks it to end, insists after `graceMs`, and waits until it is gone. */
  async end(signal: NodeJS.Signals = "SIGTERM", graceMs = 5_000): Promise<void> {
    this.process.kill(signal);
    const insist = setTimeout(() => this.process.kill("SIGKILL"), graceMs);
    await this.gone;
    clearTimeout(insist);
    // A browser's own children may outlive it for a while and hold these open: nobody waits for their last words.
    for (const pipe of this.process.stdio) pipe?.destroy();
  }

  #take(line: string): void {
    this.#tail.push(line);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    for (const watch of this.#watchers) watch(line);
  }
}
