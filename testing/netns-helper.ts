import { fileURLToPath } from "node:url";
import { Child } from "./child.ts";
import { inside, type Namespace } from "./netns.ts";
import type { HelperCalls, HelperReply } from "./netns-helper-main.ts";
import type { Undo } from "./undo.ts";
import { within } from "./within.ts";

/** A process of ours inside a namespace (or beside the test, without one) that runs meters, relays and fetches there. */
export interface Helper {
  call<K extends keyof HelperCalls>(
    name: K,
    argument: Parameters<HelperCalls[K]>[0],
  ): Promise<Awaited<ReturnType<HelperCalls[K]>>>;
}

const MAIN = fileURLToPath(new URL("./netns-helper-main.js", import.meta.url));

/** Starts one; each serves at most one meter and one relay, so that neither slows another. Gone after the test. */
export async function startHelper(undo: Undo, namespace?: Namespace): Promise<Helper> {
  const [command, args] = inside(namespace, process.execPath, ["--enable-source-maps", MAIN]);
  const child = new Child({ command, args, ipc: true });
  undo(() => child.end());
  const waiting = new Map<number, (reply: HelperReply) => void>();
  child.process.on("message", (reply: HelperReply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  let count = 0;
  return {
    call: async (name, argument) => {
      count += 1;
      const id = count;
      const answered = new Promise<HelperReply>((resolve) => waiting.set(id, resolve));
      child.process.send({ id, name, argument });
      const reply = await within(20_000, answered, () => `no answer to ${name}: ${child.tail()}`);
      if (reply.error !== undefined) throw new Error(`${name}: ${reply.error}`);
      // The main program answers with what the call of this name returned.
      return reply.value as never;
    },
  };
}
