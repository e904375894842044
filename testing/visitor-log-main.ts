// Writes one record after another to the directory of its command line, until it is killed; says the number of each once it is on the disk.
import { createClock } from "../node/clock.ts";
import { VisitorLog } from "../planner/memory/visitor-log.ts";
import { visitorKey } from "../planner/memory/visitor-record.ts";

const [directory = "", first = "0"] = process.argv.slice(2);
const silent = () => {};
const log = new VisitorLog({
  directory,
  clock: createClock(),
  originMs: () => Date.now(),
  log: { debug: silent, info: silent, warn: silent, error: silent },
  onFault: silent,
});
for (let number = Number(first); ; number += 1) {
  log.memory.put({ key: visitorKey(`${number % 50}`), reputation: 1, stayMs: number, seenMs: Date.now() });
  await log.flush();
  process.stdout.write(`${number}\n`);
}
