// `npm run bench [-- NAME…]`: runs the named benches, or all; see bench/README.md.
import { type Undo, undoAfter } from "../testing/undo.ts";
import { channel } from "./channel.ts";
import { crowd } from "./crowd.ts";
import { files } from "./files.ts";
import { firstFrame } from "./first-frame.ts";
import { describeMachine } from "./machine.ts";
import { memory } from "./memory.ts";
import { offload } from "./offload.ts";
import { planner } from "./planner.ts";
import { proxy } from "./proxy.ts";
import { report } from "./report.ts";
import type { Result } from "./result.ts";
import { size } from "./size.ts";

/** Quick ones first. */
const BENCHES: Readonly<Record<string, (undo: Undo) => Promise<Result>>> = {
  size,
  planner,
  crowd,
  "first-frame": firstFrame,
  channel,
  proxy,
  memory,
  files,
  offload,
};

const given = process.argv.slice(2);
const unknown = given.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  process.stderr.write(`No such bench: ${unknown.join(", ")}. There are: ${Object.keys(BENCHES).join(", ")}.\n`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (given.length > 0 && !given.includes(name)) continue;
  const seen = await run(bench).catch((error: unknown) => fail(name, error));
  process.stdout.write(`\n${report(name, ...seen)}\n`);
}
// The WebRTC engine's threads would keep the process.
process.exit(0);

/** Left to Node, the reason would not be told any more: our children's clean-up ends the process first. */
function fail(name: string, error: unknown): never {
  process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}

async function run(bench: (undo: Undo) => Promise<Result>): Promise<[Result, ReturnType<typeof describeMachine>]> {
  const machine = describeMachine();
  let cleanUp = async (): Promise<void> => {};
  const undo = undoAfter({
    after: (steps) => {
      cleanUp = steps;
    },
  });
  try {
    return [await bench(undo), machine];
  } finally {
    await cleanUp();
  }
}
