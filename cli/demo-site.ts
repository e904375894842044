import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as v from "valibot";

const PROGRAM = fileURLToPath(new URL("../demo/site-server.js", import.meta.url));
const Ready = v.object({ msg: v.literal("ready"), url: v.string() });

export interface DemoSite {
  readonly url: URL;
  /** Settles when its process is gone. */
  stop(): Promise<void>;
}

/** Starts the sample site as a process of its own, on a port of its own. */
export async function startDemoSite(): Promise<DemoSite> {
  // The pipe on its standard input ends with us, however we end, and it with the pipe.
  const child = spawn(process.execPath, [PROGRAM, "--port", "0"], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await readUrl(child);
  return {
    url: new URL(url),
    stop: () => {
      child.kill();
      return gone;
    },
  };
}

async function readUrl(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("The sample site has no output.");
  for await (const line of createInterface({ input: child.stdout })) return v.parse(Ready, JSON.parse(line)).url;
  throw new Error("The sample site did not start.");
}
