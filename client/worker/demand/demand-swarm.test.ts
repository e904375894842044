import assert from "node:assert/strict";
import { test } from "node:test";
import type { SwarmPages } from "../../../protocol/note.ts";
import { FakeFile } from "../../../testing/fake-file.ts";
import { OriginSigner } from "../../../testing/origin-signer.ts";
import { filePages, renditionPages } from "../../../testing/signed-pages.ts";
import { type Got, WorkerRig } from "../../../testing/worker-rig.ts";
import { FileStore } from "../store/file-store.ts";
import { MemoryStore } from "../store/memory-store.ts";

const PIECE_BYTES = 65_536;
const CONTENT = "0123456789abcdef".repeat(2);
const FILM = Uint8Array.from({ length: 6_000_001 }, (_, index) => (index * 7 + (index >> 9)) & 255);
const FILE: SwarmPages = {
  kind: "file",
  content: CONTENT,
  pagePieces: 16,
  pieceBytes: PIECE_BYTES,
  totalBytes: FILM.length,
};

function sent(got: Got): Buffer {
  return Buffer.concat(got.bytes);
}

function serveFilm(rig: WorkerRig): void {
  const paged = { signer: rig.signer, swarm: 5, pieceBytes: PIECE_BYTES, pagePieces: 16 };
  rig.serve(5, 16, filePages(paged, "/film.mp4", FILM));
}

test("a film that a note began goes on from the swarm, byte for byte, and what follows is asked of the swarm alone", async () => {
  const rig = new WorkerRig();
  serveFilm(rig);
  const first = await rig.note("/film.mp4", FILM, FILE);
  assert.deepEqual(rig.types(), ["means", "join"]);
  rig.assign(1, [0]);
  await rig.settle(6_000);
  assert.equal(first.outcome, `end ${FILM.length}`);
  assert.equal(first.body?.cancelled, true);
  assert.ok(sent(first).equals(FILM));
  const next = await rig.ask("/film.mp4", "bytes=3000000-3999999");
  assert.deepEqual(
    [next.note?.status, next.note?.start, next.note?.end, next.note?.total],
    [206, 3_000_000, 4_000_000, FILM.length],
  );
  assert.ok(sent(next).equals(FILM.subarray(3_000_000, 4_000_000)));
  assert.equal(next.outcome, "end 4000000");
});

test("while nobody feeds us the note's way is the only one, and afterwards too if the swarm does not come in time", async () => {
  const rig = new WorkerRig();
  serveFilm(rig);
  await rig.note("/film.mp4", FILM, FILE, { start: 0, end: 300_000 });
  assert.equal((await rig.ask("/film.mp4")).outcome, "no swarm knows it");
  rig.assign(1, [0]);
  await rig.settle(200);
  const speak = rig.hush();
  const late = await rig.ask("/film.mp4", "bytes=5000000-");
  assert.equal(late.outcome, "too slow");
  speak();
  assert.equal((await rig.ask("/film.mp4", "bytes=0-99999")).outcome, "no swarm knows it");
  await rig.settle(10_000);
  assert.equal((await rig.ask("/film.mp4", "bytes=0-99999")).outcome, "end 100000");
});

test("what was kept on an earlier visit is read from the store, and nobody is asked for it again", async () => {
  const files = [new FakeFile(), new FakeFile()] as const;
  const open = (): FileStore => {
    const store = new FileStore(files[0].reopen(), files[1].reopen());
    store.capacityBytes = 100_000_000;
    return store;
  };
  const first = new WorkerRig(new OriginSigner(), open());
  serveFilm(first);
  await first.note("/film.mp4", FILM, FILE, { start: 0, end: 300_000 });
  first.assign(1, [0]);
  await first.settle(200);
  assert.equal((await first.ask("/film.mp4")).paths.get("origin"), FILM.length);
  assert.equal((await first.ask("/film.mp4")).paths.get("store"), FILM.length);
  first.swarms.close();

  const second = new WorkerRig(first.signer, open());
  await second.note("/film.mp4", FILM, FILE, { start: 0, end: 300_000 });
  await second.settle(500);
  const begun = await second.note("/film.mp4", FILM, FILE);
  await second.settle(500);
  assert.ok(sent(begun).equals(FILM));
  assert.ok((begun.paths.get("store") ?? 0) > FILM.length / 2, "though nobody feeds us");
  const again = await second.ask("/film.mp4");
  assert.deepEqual([...again.paths], [["store", FILM.length]]);
  assert.ok(sent(again).equals(FILM));
});

test("what an earlier visit left of another origin's key is not believed", async () => {
  const store = new MemoryStore();
  const paged = { signer: new OriginSigner(), swarm: 5, pieceBytes: PIECE_BYTES, pagePieces: 16 };
  const page = await filePages(paged, "/film.mp4", FILM)(0);
  store.putManifest(0, page?.signed ?? new Uint8Array());
  const count = Math.ceil(FILM.length / PIECE_BYTES);
  for (let piece = 0; piece < count; piece += 1) store.put(piece, page?.pieces[piece] ?? new Uint8Array(PIECE_BYTES));
  const rig = new WorkerRig(new OriginSigner(), store);
  const body = await rig.note("/film.mp4", FILM, FILE);
  await rig.settle(1_000);
  assert.deepEqual([body.outcome, body.body?.cancelled], [`end ${FILM.length}`, false]);
  assert.equal((await rig.ask("/film.mp4", "bytes=0-9")).outcome, "no swarm knows it");
});

test("segments of a recorded stream are found by the index, each whole and under its own head", async () => {
  const rig = new WorkerRig();
  const segments = new Map(
    Array.from({ length: 40 }, (_, index) => [`/rec/${index}.ts`, FILM.subarray(index * 1_000, 400_000)] as const),
  );
  const paged = { signer: rig.signer, swarm: 5, pieceBytes: 16_384, pagePieces: 64 };
  rig.serve(5, 64, renditionPages(paged, segments));
  await rig.note("/rec/0.ts", FILM.subarray(0, 400_000), { kind: "rendition", content: CONTENT, pagePieces: 64 });
  const speak = rig.hush();
  rig.assign(1, [0]);
  await rig.settle(200);
  assert.equal((await rig.ask("/rec/7.ts", undefined, 20)).outcome, "no swarm knows it", "nobody waits for an index");
  speak();
  await rig.settle(500);
  const found = await rig.ask("/rec/7.ts");
  assert.deepEqual([found.outcome, found.note?.status], ["end 393000", 200]);
  assert.ok(sent(found).equals(FILM.subarray(7_000, 400_000)));
  assert.equal((await rig.ask("/rec/40.ts")).outcome, "no swarm knows it");
});

test("pages that no content could have are refused like a bad ticket: nothing is joined", async () => {
  const rig = new WorkerRig();
  rig.types();
  await rig.note("/film.mp4", FILM, { ...FILE, totalBytes: 2 ** 60 });
  await rig.note("/film.mp4", FILM, { ...FILE, pieceBytes: 7 });
  await rig.note("/film.mp4", FILM, "pages");
  assert.deepEqual(rig.faults, ["0 ticket", "0 ticket", "0 ticket"]);
  assert.deepEqual(rig.types(), []);
});

test("pages signed of another length than the note says are of no use, and nothing breaks", async () => {
  const rig = new WorkerRig();
  serveFilm(rig);
  await rig.note("/film.mp4", FILM, { ...FILE, totalBytes: FILM.length + 1 }, { start: 0, end: 300_000 });
  rig.assign(1, [0]);
  await rig.settle(500);
  assert.equal((await rig.ask("/film.mp4")).outcome, "no swarm knows it");
});

test("near a ticket's end the app is asked again, however long ago the pages were signed, and at its end the swarm is left", async () => {
  const rig = new WorkerRig();
  rig.clock.advance(1_000_000);
  serveFilm(rig);
  await rig.note("/film.mp4", FILM, FILE, { start: 0, end: 300_000 });
  rig.assign(1, [0]);
  await rig.settle(500);
  assert.equal((await rig.ask("/film.mp4", "bytes=0-9")).outcome, "end 10");
  rig.clock.advance(500_000);
  assert.equal((await rig.ask("/film.mp4", "bytes=0-9")).outcome, "no swarm knows it");
  rig.types();
  rig.clock.advance(100_000);
  assert.ok(rig.types().includes("leave"));
});

test("a film's swarm is left ten minutes after the last ask, and before that gives way to a ninth swarm, the longest idle first", async () => {
  const rig = new WorkerRig();
  const renew = (swarm: number) => rig.note(`/${swarm}.mp4`, FILM, FILE, { start: 0, end: 1 }, swarm);
  for (let swarm = 1; swarm <= 8; swarm += 1) await renew(swarm);
  await renew(1);
  rig.types();
  await renew(9);
  assert.deepEqual(
    rig.signals
      .filter(({ type }) => type !== "report")
      .map((signal) => `${signal.type} ${"swarm" in signal && signal.swarm}`),
    ["leave 2", "join 9"],
  );
  rig.types();
  await renew(3);
  rig.clock.advance(595_000);
  assert.equal(rig.types().filter((type) => type === "leave").length, 0);
  rig.clock.advance(15_000);
  assert.equal(rig.types().filter((type) => type === "leave").length, 8);
});
