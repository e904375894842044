// On-demand members are judged by simulation: the shipped members and the shipped origin over simulated links.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DemandSim } from "./demand-sim.ts";
import { SimDownload, SimFilm } from "./demand-sim-readers.ts";
import { DemandStranger } from "./demand-stranger.ts";

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

const FILM_BPS = 2e6;
const PIECE_MS = (262_144 * 8_000) / FILM_BPS;

test("six who watch a film, each joining 10 s after the one before: 80 % of what they get is not the origin's", async () => {
  const sim = new DemandSim({ seed: SEED, totalBytes: 60e6, originBps: 20e6 });
  const films: SimFilm[] = [];
  for (let at = 0; at < 6; at += 1) {
    const viewer = sim.join(10e6 + 2e6 * at);
    films.push(new SimFilm(viewer, sim.clock, sim.content.pieceCount, PIECE_MS));
    await sim.run(10_000);
  }
  await sim.run(120_000);
  const bytes = sim.viewers.reduce((sum, { originBytes, viewerBytes }) => sum + originBytes + viewerBytes, 0);
  const offload = 1 - sim.origin.uplink.sentBytes / bytes;
  const firstBytes = sim.viewers[0]?.store.heldBytes ?? 0;
  const bound = 1 - firstBytes / bytes;
  const later = sim.viewers.slice(1);
  const laterShare =
    later.reduce((sum, { viewerBytes }) => sum + viewerBytes, 0) /
    later.reduce((sum, { originBytes, viewerBytes }) => sum + originBytes + viewerBytes, 0);
  const waits = films.map(({ waitsMs }) => waitsMs[0] ?? Number.POSITIVE_INFINITY);
  const stalledMs = films.map(({ stalledMs }) => stalledMs);
  say(
    `film: offload ${(100 * offload).toFixed(1)} % (at most ${(100 * bound).toFixed(1)}), of the later ones ${(100 * laterShare).toFixed(1)} %, starts ${waits.map((ms) => ms.toFixed(0)).join(" ")} ms, ` +
      `stalled ${stalledMs.join(" ")} ms`,
  );
  assert.deepEqual(stalledMs, [0, 0, 0, 0, 0, 0]);
  assert.ok(laterShare >= 0.95);
  assert.ok(offload >= 0.8);
});

test("four who jump about in a film: what they see is right, and hardly a byte comes twice", async () => {
  const sim = new DemandSim({ seed: SEED, totalBytes: 300e6, originBps: 20e6 });
  const films = Array.from({ length: 4 }, (_, at) => {
    const viewer = sim.join(10e6 + 3e6 * at);
    return new SimFilm(viewer, sim.clock, sim.content.pieceCount, PIECE_MS);
  });
  for (let jumps = 0; jumps < 40; jumps += 1) {
    for (const film of films) {
      await sim.run(500 + 2_000 * sim.random());
      film.jump(Math.floor(sim.random() * (sim.content.pieceCount - 8)));
    }
  }
  await sim.run(5_000);
  const waits = films.flatMap(({ waitsMs }) => waitsMs).sort((a, b) => a - b);
  const share = (part: number): number => waits[Math.floor(part * waits.length)] ?? 0;
  const bytes = sim.viewers.reduce((sum, { originBytes, viewerBytes }) => sum + originBytes + viewerBytes, 0);
  const duplicates = sim.viewers.reduce((sum, { duplicateBytes }) => sum + duplicateBytes, 0) / bytes;
  say(
    `jumps: ${waits.length} waits, p50 ${share(0.5).toFixed(0)} p95 ${share(0.95).toFixed(0)} max ${share(0.999).toFixed(0)} ms, ` +
      `duplicates ${(100 * duplicates).toFixed(2)} %, offload ${(100 * (1 - sim.origin.uplink.sentBytes / bytes)).toFixed(1)} %, ` +
      `origin sent ${(sim.origin.uplink.sentBytes / 1e6).toFixed(0)} MB of ${(bytes / 1e6).toFixed(0)}, stalled ${films.map((f) => f.stalledMs).join(" ")}`,
  );
  assert.ok(waits.length >= 4 * 40, "hardly a jump was over before anything came");
  assert.ok(share(0.95) <= 1_200);
  assert.ok(duplicates < 0.01);
});

/** The longest that a lone viewer waits when it jumps about, who has such neighbours; in milliseconds. */
async function longestWait(seed: number, strangers: (pieces: number) => DemandStranger[]): Promise<number> {
  const sim = new DemandSim({ seed, totalBytes: 300e6, originBps: 20e6 });
  const film = new SimFilm(sim.join(10e6), sim.clock, sim.content.pieceCount, PIECE_MS);
  for (const stranger of strangers(sim.content.pieceCount)) sim.joinStranger(stranger);
  for (let jumps = 0; jumps < 20; jumps += 1) {
    await sim.run(2_000);
    film.jump(Math.floor(sim.random() * (sim.content.pieceCount - 8)));
  }
  await sim.run(2_000);
  assert.equal(film.waitsMs.length, 21);
  return Math.max(...film.waitsMs);
}

test("a neighbour that says it has everything, and sends nothing or puts every ask off, costs a second at most, six such two", async () => {
  for (const seed of [SEED, SEED + 1, SEED + 2]) {
    const none = await longestWait(seed, () => []);
    const silent = await longestWait(seed, (pieces) => [new DemandStranger(pieces)]);
    const later = await longestWait(seed, (pieces) => [new DemandStranger(pieces, 300)]);
    const crowd = await longestWait(seed, (pieces) =>
      [undefined, undefined, 100, 1_000, 0, undefined].map((laterMs) => new DemandStranger(pieces, laterMs)),
    );
    const told = [none, silent, later, crowd].map((ms) => ms.toFixed(0));
    process.stdout.write(
      `# longest wait ${told[0]} ms; beside a silent one ${told[1]}, one that says LATER ${told[2]}, six such ${told[3]}, seed ${seed}\n`,
    );
    for (const wait of [silent, later]) assert.ok(wait - none <= 1_000);
    assert.ok(crowd - none <= 2_000);
  }
});

test("who reads from a neighbour that vanishes without a word goes on within a second", async () => {
  const sim = new DemandSim({ seed: SEED, totalBytes: 100e6, originBps: 20e6 });
  const giver = sim.join(50e6);
  const download = new SimDownload(giver, sim.clock, sim.content.pieceCount);
  await sim.run(60_000, () => download.doneMs !== undefined);
  const viewer = sim.join(10e6);
  const film = new SimFilm(viewer, sim.clock, sim.content.pieceCount, PIECE_MS);
  await sim.run(3_000);
  const beforeBytes = viewer.originBytes;
  film.jump(300);
  await sim.run(50);
  sim.vanish(giver);
  await sim.run(10_000);
  const wait = film.waitsMs.at(-1) ?? Number.POSITIVE_INFINITY;
  say(`wait for a neighbour that vanished ${wait.toFixed(0)} ms, stood still ${film.stalledMs} ms`);
  assert.equal(film.waitsMs.length, 2);
  assert.ok(viewer.originBytes > beforeBytes);
  assert.ok(wait <= 1_000);
  assert.equal(film.stalledMs, 0);
});
