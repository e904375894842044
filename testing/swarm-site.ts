import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { createClock } from "../node/clock.ts";
import type { Attempt } from "../node/rtc.ts";
import { createNativeHost } from "../node/rtc-native.ts";
import type { PeerLink } from "../peer/link-ports.ts";
import { createPeerLink } from "../peer/peer-link.ts";
import { createDemandOrigin } from "../peer/swarm/demand-origin.ts";
import { JoinedSwarm } from "../peer/swarm/joined-swarm.ts";
import { LinkSwarms } from "../peer/swarm/link-swarms.ts";
import { createSwarmMember } from "../peer/swarm/member.ts";
import type { Assignment } from "../peer/swarm/member-ports.ts";
import { SwarmGate } from "../peer/swarm/swarm-gate.ts";
import { type ClientSignal, parseClientSignal } from "../protocol/client-signal.ts";
import { decodeManifest } from "../protocol/manifest.ts";
import type { Note, NoteSwarm } from "../protocol/note.ts";
import { parseNoteRequest } from "../protocol/note-request.ts";
import { NOTE_TYPE } from "../protocol/paths.ts";
import { parseRangeRequest } from "../protocol/ranges.ts";
import type { ServerSignal } from "../protocol/signal.ts";
import { urlKeyOf } from "./manifests.ts";
import { OriginSigner } from "./origin-signer.ts";
import { filePages, type LoadPage } from "./signed-pages.ts";
import { BytesBody } from "./sim-body.ts";
import type { Undo } from "./undo.ts";

const clock = createClock();
const SWARM = 5;
const PIECE_BYTES = 16_384;
const FILM_SWARM = 6;
const FILM = { kind: "file", content: "0123456789abcdef".repeat(2), pagePieces: 16, pieceBytes: 65_536 } as const;
const BUILD = "0123456789";

/** A viewer as the site knows it. */
export interface SiteViewer {
  readonly peer: number;
  readonly signals: ClientSignal[];
  /** Media answers it had over HTTP or as notes, by path. */
  readonly asked: string[];
}

/**
 * A live site, or one with a film, with the proxy's part played by the test: it serves the built scripts, relays signalling, answers segments with
 * notes, and is peer 0 of the swarms. Who gets a ticket of ours and who a forged one, and who sends to whom, is the test's to say.
 */
export interface SwarmSite {
  readonly url: string;
  /** In the order of their coming; peer numbers count from 1. */
  readonly viewers: readonly SiteViewer[];
  /** Viewers to come get tickets that somebody else signed. */
  forgeTickets(): void;
  assign(peer: number, assignment: Assignment): void;
  /** Who is linked to this viewer in the film's swarm. */
  assignFilm(peer: number, neighbours: readonly number[]): void;
  /** A segment that only notes and HTTP answer. */
  addSegment(path: string, bytes: Uint8Array): void;
  /** A segment that the swarm gets as well. */
  announce(path: string, bytes: Uint8Array): void;
  /** What any of this path's bytes may be had of an on-demand swarm; the site has one film at most. */
  addFilm(path: string, bytes: Uint8Array): void;
  /** The origin has nothing of the film for the swarm any more. */
  withholdFilm(): void;
}

export async function startSwarmSite(undo: Undo): Promise<SwarmSite> {
  const site = new Site(await createNativeHost({ udpPort: 0, stunServers: [], bindAddress: "127.0.0.1", log: SILENT }));
  undo(() => site.close());
  await site.listen();
  return site;
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {} };

interface Session extends SiteViewer {
  readonly socket: WebSocket;
  readonly forged: boolean;
  attempt: Attempt | undefined;
  link: PeerLink | undefined;
}

class Site implements SwarmSite {
  readonly viewers: Session[] = [];
  readonly #rtc: Awaited<ReturnType<typeof createNativeHost>>;
  readonly #server = createServer((req, res) => this.#answer(req, res));
  readonly #sockets = new WebSocketServer({ server: this.#server, path: "/__tuber/signal" });
  readonly #signer = new OriginSigner();
  readonly #forger = new OriginSigner();
  readonly #sessions = new Map<string, Session>();
  readonly #segments = new Map<string, Uint8Array>();
  readonly #member = createSwarmMember({ self: 0, swarm: SWARM, clock, random: Math.random });
  readonly #joined = new JoinedSwarm({ swarm: SWARM, member: this.#member });
  readonly #bornMs = clock.nowMs();
  #film: { readonly path: string; readonly joined: JoinedSwarm } | undefined;
  #withholding = false;
  #forging = false;
  #pieces = 0;
  #announced = 0;
  #seq = 0;

  constructor(rtc: Awaited<ReturnType<typeof createNativeHost>>) {
    this.#rtc = rtc;
    this.#sockets.on("connection", (socket) => this.#converse(socket));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async close(): Promise<void> {
    this.#member.close();
    for (const { socket, link } of this.viewers) {
      link?.hangUp();
      socket.terminate();
    }
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#rtc.close();
  }

  forgeTickets(): void {
    this.#forging = true;
  }

  assign(peer: number, { stripes, parents, children }: Assignment): void {
    this.#seq += 1;
    if (peer === 0) return this.#member.assign({ stripes, parents, children });
    const edges = { parents: [...parents], children: [...children] };
    this.#tell(peer, { type: "assign", swarm: SWARM, seq: this.#seq, stripes, ...edges });
  }

  assignFilm(peer: number, neighbours: readonly number[]): void {
    this.#seq += 1;
    const parents = neighbours.map((neighbour) => ({ stripe: 0, peer: neighbour }));
    this.#tell(peer, { type: "assign", swarm: FILM_SWARM, seq: this.#seq, stripes: 1, parents, children: [] });
  }

  withholdFilm(): void {
    this.#withholding = true;
  }

  addFilm(path: string, bytes: Uint8Array): void {
    this.addSegment(path, bytes);
    const pages = filePages({ ...FILM, signer: this.#signer, swarm: FILM_SWARM }, path, bytes);
    const load: LoadPage = async (page) => (this.#withholding ? undefined : pages(page));
    const { pagePieces } = FILM;
    const random = Math.random;
    const member = createDemandOrigin({ swarm: FILM_SWARM, pagePieces, clock, random, load, keepBytes: 0 });
    this.#film = { path, joined: new JoinedSwarm({ swarm: FILM_SWARM, member }) };
  }

  addSegment(path: string, bytes: Uint8Array): void {
    this.#segments.set(path, bytes);
  }

  announce(path: string, bytes: Uint8Array): void {
    this.addSegment(path, bytes);
    const count = Math.ceil(bytes.length / PIECE_BYTES);
    const pieces = Array.from({ length: count }, (_, at) => bytes.subarray(at * PIECE_BYTES, (at + 1) * PIECE_BYTES));
    const head = { status: 200, statusText: "OK", headers: HEADERS } as const;
    const about = { swarm: SWARM, segment: this.#announced, firstPiece: this.#pieces, timeMs: this.#nowMs(), head };
    const signed = this.#signer.manifest(pieces, { ...about, urlKey: urlKeyOf(path) });
    const manifest = decodeManifest(signed);
    if (manifest === undefined) throw new Error("no manifest");
    this.#announced += 1;
    this.#pieces += count;
    this.#member.onManifest(manifest, signed, undefined);
    for (const [index, piece] of pieces.entries()) this.#member.onPiece(manifest.firstPiece + index, piece, undefined);
  }

  #nowMs(): number {
    return Math.round(clock.nowMs() - this.#bornMs) + 1_000;
  }

  #answer(req: IncomingMessage, res: ServerResponse): void {
    const path = req.url ?? "";
    const segment = this.#segments.get(path);
    const name = /^\/__tuber\/(?:\w+\/)?(\w+\.js)$/.exec(path)?.[1];
    if (segment !== undefined) this.#answerSegment(req, res, segment);
    else if (name !== undefined) res.writeHead(200, SCRIPT_HEADERS).end(script(name, this.#signer.publicKey));
    else if (path === "/__tuber/lease") res.writeHead(204, { tuber: "1" }).end();
    else if (path === "/__tuber/") res.writeHead(200, { "content-type": "text/html" }).end(SWITCH_PAGE);
    else if (path === "/") res.writeHead(200, { "content-type": "text/html" }).end(PAGE);
    else res.writeHead(404).end();
  }

  #answerSegment(req: IncomingMessage, res: ServerResponse, bytes: Uint8Array): void {
    const request = parseNoteRequest(String(req.headers["tuber-note"] ?? ""));
    const session = request && this.#sessions.get(request.session);
    session?.asked.push(req.url ?? "");
    const range = parseRangeRequest(req.headers.range ?? "");
    const start = range?.from ?? 0;
    const end = Math.min(bytes.length, (range?.last ?? bytes.length) + 1);
    const status = range ? 206 : 200;
    if (!request || !session?.link) {
      const part = range ? { "content-range": `bytes ${start}-${end - 1}/${bytes.length}` } : {};
      res.writeHead(status, { ...Object.fromEntries(HEADERS), ...part }).end(bytes.subarray(start, end));
      return;
    }
    const signer = session.forged ? this.#forger : this.#signer;
    const isFilm = req.url === this.#film?.path;
    const id = isFilm ? FILM_SWARM : SWARM;
    const ticket = signer.ticket({ swarm: id, peer: session.peer, expiresMs: this.#nowMs() + 600_000 });
    const swarm: NoteSwarm = { id, ticket: Buffer.from(ticket).toString("base64url") };
    const note: Note = {
      v: 1,
      status,
      statusText: range ? "Partial Content" : "OK",
      headers: HEADERS,
      stream: request.stream,
      start,
      end,
      total: bytes.length,
      swarm: isFilm ? { ...swarm, pages: { ...FILM, totalBytes: bytes.length } } : swarm,
    };
    res.writeHead(200, { "content-type": NOTE_TYPE }).end(JSON.stringify(note));
    const body = new BytesBody(bytes.subarray(start, end));
    session.link.push(request.stream, body, start, end, request.creditBytes);
  }

  #converse(socket: WebSocket): void {
    let session: Session | undefined;
    socket.on("message", (data) => {
      const signal = parseClientSignal(String(data));
      if (signal?.type === "hello") session = this.#greet(socket, signal.session);
      else if (signal && session) this.#hear(session, signal);
    });
  }

  #greet(socket: WebSocket, id: string): Session {
    const peer = this.viewers.length + 1;
    const nothing = { attempt: undefined, link: undefined, signals: [], asked: [] };
    const session: Session = { peer, socket, forged: this.#forging, ...nothing };
    this.viewers.push(session);
    this.#sessions.set(id, session);
    this.#tell(peer, { type: "welcome", v: 1, peer });
    return session;
  }

  #hear(session: Session, signal: ClientSignal): void {
    session.signals.push(signal);
    if (signal.type === "offer") this.#accept(session, signal.attempt, signal.sdp);
    else if (signal.type === "candidate") session.attempt?.addCandidate(signal.candidate, signal.mid);
    else if (signal.type === "peer")
      this.#tell(signal.to, { type: "peer", from: session.peer, message: signal.message });
  }

  #accept(session: Session, attempt: number, sdp: string): void {
    const { peer } = session;
    session.attempt = this.#rtc.accept(sdp, {
      onAnswer: (answer) => this.#tell(peer, { type: "answer", attempt, sdp: answer }),
      onCandidate: (candidate, mid) => this.#tell(peer, { type: "candidate", attempt, candidate, mid }),
      onChannel: (channel) => {
        const gate = new SwarmGate({ clock, peer, verify: this.#signer.verify, originMs: () => this.#nowMs() });
        const swarms = new LinkSwarms({ clock, peer, gate, onFault: () => {} });
        const link = createPeerLink({ channel, clock, peer, streams: "out", inbox: swarms });
        swarms.carriedBy(link);
        swarms.join(this.#joined);
        if (this.#film) swarms.join(this.#film.joined);
        session.link = link;
        return link;
      },
      onClose: () => {
        session.link = undefined;
      },
    });
  }

  #tell(peer: number, signal: ServerSignal): void {
    this.viewers[peer - 1]?.socket.send(JSON.stringify(signal));
  }
}

const HEADERS: [string, string][] = [
  ["content-type", "video/mp2t"],
  ["etag", '"one"'],
];
const SCRIPT_HEADERS = {
  "content-type": "text/javascript",
  "service-worker-allowed": "/",
  "cache-control": "no-cache",
};
const PAGE = `<!doctype html><title>live</title><script src="/__tuber/${BUILD}/client.js"></script>`;

const SWITCH_PAGE = `<!doctype html><input type="checkbox" id="sharing" checked disabled><script src="/__tuber/switch.js"></script>`;

function script(name: string, key: string): string {
  const text = readFileSync(new URL(`../browser/${name}`, import.meta.url), "utf8");
  return text.replaceAll("__TUBER_CONFIG__", JSON.stringify({ build: BUILD, stun: [], appHasWorker: false, key }));
}
