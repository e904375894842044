// The shipped members of three viewers, linked in memory to each other and to the proxy's side, in front of a real site.
import assert from "node:assert/strict";
import { randomBytes, webcrypto } from "node:crypto";
import { test } from "node:test";
import { createDemandMember } from "../../peer/swarm/demand-member.ts";
import { JoinedSwarm } from "../../peer/swarm/joined-swarm.ts";
import { LinkSwarms } from "../../peer/swarm/link-swarms.ts";
import { PageBook } from "../../peer/swarm/page-book.ts";
import { SwarmGate } from "../../peer/swarm/swarm-gate.ts";
import { SwarmIntake } from "../../peer/swarm/swarm-intake.ts";
import type { NoteSwarm } from "../../protocol/note.ts";
import { demandRig } from "../../testing/demand-rig.ts";
import { linkPair } from "../../testing/link-pair.ts";
import { MemoryPieceStore } from "../../testing/memory-piece-store.ts";
import { undoAfter } from "../../testing/undo.ts";

const FILM = randomBytes(6 * 1_048_576);
const PIECES = 96;
const digest = async (bytes: Uint8Array) => new Uint8Array(await webcrypto.subtle.digest("SHA-256", bytes));

type Rig = Awaited<ReturnType<typeof demandRig>>;

function createViewer({ clock, key, links, faults }: Rig, peer: number, { id: swarm, ticket, pages }: NoteSwarm) {
  const store = new MemoryPieceStore();
  const pagePieces = pages?.pagePieces ?? 0;
  const member = createDemandMember({ self: peer, swarm, clock, random: Math.random, store, pagePieces, digest });
  const verify = async (bytes: Uint8Array, signature: Uint8Array) => key.verify(bytes, signature);
  const onFault = (fault: string) => void faults.push(`${peer} ${fault}`);
  const from = { origin: 0, viewers: 0 };
  const intake = new SwarmIntake({
    swarm,
    member: {
      onManifest: (...manifest) => member.onManifest(...manifest),
      onPiece(piece, bytes, sender) {
        from[sender === 0 ? "origin" : "viewers"] += bytes.length;
        member.onPiece(piece, bytes, sender);
      },
      expects: (...asked) => member.expects(...asked),
      piece: (piece) => member.piece(piece),
    },
    verify,
    digest,
    onOriginTime() {},
    onCorrupt: (sender) => onFault(`corrupt from ${sender}`),
    book: new PageBook(pagePieces),
  });
  const joined = new JoinedSwarm({ swarm, member, intake, ticket: Buffer.from(ticket, "base64url") });
  /** What this viewer hands a link to another one. */
  const inboxFor = (other: number): LinkSwarms => {
    const gate = new SwarmGate({ clock, peer: other, verify, originMs: () => undefined });
    return new LinkSwarms({ clock, peer: other, gate, onFault });
  };
  const toOrigin = new LinkSwarms({ clock, peer: 0, onFault });
  const inbox = links.connect(peer);
  const pair = linkPair(clock, { peer, streams: "out", inbox }, { peer: 0, streams: "in", inbox: toOrigin });
  inbox.carriedBy(pair.left);
  toOrigin.carriedBy(pair.right);
  toOrigin.join(joined);
  return { peer, member, store, from, joined, inboxFor };
}

type Viewer = ReturnType<typeof createViewer>;

function befriend({ clock }: Rig, one: Viewer, other: Viewer): void {
  const [left, right] = [one.inboxFor(other.peer), other.inboxFor(one.peer)];
  const pair = linkPair(clock, { peer: other.peer, inbox: left }, { peer: one.peer, inbox: right });
  left.carriedBy(pair.left);
  right.carriedBy(pair.right);
  left.join(one.joined);
  right.join(other.joined);
}

test("three who take a film together have it of the origin little more than once, and of the app once", async (t) => {
  const undo = undoAfter(t);
  const rig = await demandRig(undo);
  rig.app.files.set("/film.mp4", { body: FILM });
  await rig.shared("/film.mp4");
  const viewers: Viewer[] = [];
  for (const peer of [5, 6, 7]) {
    const swarm = (await rig.ask("/film.mp4", {}, peer)) ?? assert.fail("no swarm");
    viewers.push(createViewer(rig, peer, swarm));
  }
  for (const [index, one] of viewers.entries()) {
    undo(() => one.member.close());
    for (const other of viewers.slice(index + 1)) befriend(rig, one, other);
  }
  for (const viewer of viewers) viewer.member.read(viewer, 0, PIECES);
  await rig.passUntil(() => viewers.every(({ store }) => store.held.size === PIECES), "all have it all");
  for (const { store } of viewers) {
    assert.ok(
      Buffer.concat(Array.from({ length: PIECES }, (_, piece) => store.get(piece) ?? new Uint8Array())).equals(FILM),
    );
  }
  const originBytes = viewers.reduce((sum, { from }) => sum + from.origin, 0);
  t.diagnostic(`the origin sent ${(originBytes / FILM.length).toFixed(2)} copies to three viewers`);
  assert.ok(originBytes <= 1.5 * FILM.length, `${originBytes / FILM.length} copies`);
  assert.equal(rig.app.strangers.length, 1 + 6);
  assert.deepEqual(rig.faults, []);
});
