import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClock } from "../../../testing/clock.ts";
import { FakeFile } from "../../../testing/fake-file.ts";
import type { Folder } from "./folder.ts";
import type { Estimate, KeptContent } from "./room.ts";
import { Stores } from "./stores.ts";

const MIB = 1_048_576;
const PIECE = new Uint8Array(MIB);

/** A browser's folder in memory. */
class FakeFolder implements Folder {
  readonly files = new Map<string, { pieces: FakeFile; journal: FakeFile; usedMs: number }>();
  readonly locked = new Set<string>();
  quotaBytes = 1_000 * MIB;
  opens = 0;

  async open(content: string): ReturnType<Folder["open"]> {
    this.opens += 1;
    if (this.locked.has(content)) return "refused";
    const known = this.files.get(content);
    const files = known ?? { pieces: new FakeFile(), journal: new FakeFile(), usedMs: this.files.size };
    this.files.set(content, files);
    return { pieces: files.pieces.reopen(), journal: files.journal.reopen() };
  }

  async list(): Promise<Omit<KeptContent, "isOpen">[]> {
    return [...this.files].map(([name, { pieces, usedMs }]) => ({ name, usedMs, bytes: pieces.bytes.length }));
  }

  async remove(content: string): Promise<void> {
    this.files.delete(content);
  }

  async estimate(): Promise<Estimate> {
    return { quotaBytes: this.quotaBytes, usageBytes: 0 };
  }
}

function rig() {
  const clock = new TestClock();
  const folder = new FakeFolder();
  return { clock, folder, stores: new Stores(clock, folder) };
}

async function settle(clock: TestClock, ms: number): Promise<void> {
  for (let step = 0; step < 20; step += 1) {
    clock.advance(ms / 20);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("files that another worker still holds are waited for, a second at most; then memory does", async () => {
  const { clock, folder, stores } = rig();
  folder.locked.add("a");
  const opening = stores.open("a");
  await settle(clock, 500);
  folder.locked.delete("a");
  await settle(clock, 500);
  assert.equal((await opening).constructor.name, "FileStore");
  folder.locked.add("b");
  const second = stores.open("b");
  await settle(clock, 1_000);
  assert.equal((await second).constructor.name, "MemoryStore");
});

test("one content is opened once; who opens it again meanwhile gets memory", async () => {
  const { stores } = rig();
  const first = await stores.open("a");
  assert.equal((await stores.open("a")).constructor.name, "MemoryStore");
  first.close();
  assert.equal((await stores.open("a")).constructor.name, "FileStore");
});

test("open contents share a fifth of the quota; a browser that has less all at once lets them hold less", async () => {
  const { clock, folder, stores } = rig();
  const [first, second] = [await stores.open("a"), await stores.open("b")];
  assert.deepEqual([first.capacityBytes, second.capacityBytes], [100 * MIB, 100 * MIB]);
  for (let piece = 0; piece < 10; piece += 1) first.put(piece, PIECE);
  folder.quotaBytes = 40 * MIB;
  await settle(clock, 30_000);
  assert.deepEqual([first.capacityBytes, second.capacityBytes], [9 * MIB, 0]);
  first.close();
  second.close();
  assert.equal(clock.pending(), 0);
});

test("a write that failed makes what is not in use go, though the browser claims to have room", async () => {
  const { clock, folder, stores } = rig();
  const old = await stores.open("old");
  for (let piece = 0; piece < 10; piece += 1) old.put(piece, PIECE);
  old.close();
  const film = await stores.open("film");
  const files = folder.files.get("film");
  film.put(0, PIECE);
  if (files) files.pieces.maxBytes = MIB;
  assert.equal(film.put(1, PIECE), false);
  await settle(clock, 10);
  assert.deepEqual([...folder.files.keys()], ["film"]);
  if (files) files.pieces.maxBytes = 100 * MIB;
  assert.equal(film.put(1, PIECE), true);
  assert.equal(film.capacityBytes, 11 * MIB);
});
