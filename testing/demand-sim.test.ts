// On-demand members are judged by simulation: the shipped members and the shipped origin over simulated links.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DemandSim } from "./demand-sim.ts";
import { SimDownload } from "./demand-sim-readers.ts";

const SEED = Number(process.env.TUBER_SEED ?? 1);

function say(text: string): void {
  process.stdout.write(`# ${text}, seed ${SEED}\n`);
}

test("four who download 100 MB together: at most 1.2 copies from the origin, in at most 1.2 of the least time", async () => {
  const uplinksBps = [10e6, 15e6, 20e6, 20e6];
  const sim = new DemandSim({ seed: SEED, totalBytes: 100e6, originBps: 20e6 });
  const downloads = uplinksBps.map((uplinkBps) => {
    const viewer = sim.join(uplinkBps);
    return new SimDownload(viewer, sim.clock, sim.content.pieceCount);
  });
  await sim.run(120_000, () => downloads.every(({ doneMs }) => doneMs !== undefined));
  const sumBps = 20e6 + uplinksBps.reduce((sum, uplinkBps) => sum + uplinkBps, 0);
  const boundMs = Math.max(800e6 / 20e6, (4 * 800e6) / sumBps) * 1_000;
  const tookMs = Math.max(...downloads.map(({ doneMs }) => doneMs ?? Number.POSITIVE_INFINITY));
  const copies = sim.origin.uplink.sentBytes / 100e6;
  const duplicates = sim.viewers.reduce((sum, { duplicateBytes }) => sum + duplicateBytes, 0) / 400e6;
  say(
    `download: ${copies.toFixed(3)} copies, ${(tookMs / 1_000).toFixed(1)} s (at least ${(boundMs / 1_000).toFixed(1)}), ` +
      `duplicates ${(100 * duplicates).toFixed(2)} %, loads ${sim.content.loads}`,
  );
  assert.ok(copies <= 1.2);
  assert.ok(tookMs <= 1.2 * boundMs);
  assert.ok(duplicates < 0.01);
});
