import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import HttpProxy from "http-proxy";
import { SIGNAL_EVENTS_PATH, SIGNAL_MESSAGES_PATH, SIGNAL_PATH } from "../protocol/paths.ts";
import { chromiumMissing } from "../testing/browser.ts";
import { type Undo, undoAfter } from "../testing/undo.ts";
import { startFilmVisit } from "./film-site.ts";
import { playAndSeek, stats } from "./in-page.ts";
import { assertPlayed, assertSameBytes, waitForLink } from "./visit.ts";

type MeetUpgrade = (req: IncomingMessage, socket: Duplex) => void;

/** What stands between browsers and Tuber and lets no WebSocket through. */
const WAYS: Record<string, MeetUpgrade> = {
  "refuses WebSockets": (_, socket) => {
    socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
  },
  "opens WebSockets and carries nothing over them, a farewell neither": (req, socket) => {
    const accept = createHash("sha1").update(`${req.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    const head = ["HTTP/1.1 101 Switching Protocols", "upgrade: websocket", "connection: upgrade"];
    socket.write(`${[...head, `sec-websocket-accept: ${accept.digest("base64")}`].join("\r\n")}\r\n\r\n`);
    socket.resume();
  },
};

for (const [name, meetUpgrade] of Object.entries(WAYS)) {
  test(`behind a proxy that ${name} the film comes over the link all the same`, {
    skip: chromiumMissing(),
    timeout: 90_000,
  }, async (t) => {
    const undo = undoAfter(t);
    const { tab, stack, site } = await startFilmVisit(undo);
    site.pages.set("/", "<title>Home</title>");
    const front = await startFront(undo, stack.url, meetUpgrade);
    await tab.open(`${front.url}/`);
    const openedMs = performance.now();
    await waitForLink(tab);
    t.diagnostic(`a link after ${Math.round(performance.now() - openedMs)} ms`);
    const byEvents = [`GET ${SIGNAL_EVENTS_PATH}`, `POST ${SIGNAL_MESSAGES_PATH}`];
    assert.deepEqual(front.asked(), [`GET ${SIGNAL_PATH}`, ...byEvents]);
    assertPlayed(await tab.evaluate(playAndSeek, { url: "/media/film.mp4", seeks: 3, seed: 3 }), 3);
    await assertSameBytes(tab, site.url, ["/media/song.m4a"]);
    const { bytes } = await tab.evaluate(stats, null);
    assert.ok(bytes.origin > 0 && bytes.http === 0, JSON.stringify(bytes));
    await tab.open(`${front.url}/?again`);
    const openedAgainMs = performance.now();
    await waitForLink(tab);
    t.diagnostic(`on the next page after ${Math.round(performance.now() - openedAgainMs)} ms`);
    assert.deepEqual(front.asked(), [`GET ${SIGNAL_PATH}`, ...byEvents, ...byEvents], "no socket is tried again");
  });
}

interface Front {
  readonly url: string;
  /** What signalling has been asked for, in order; the same several times in a row counts once, but for WebSockets. */
  asked(): readonly string[];
}

/** A proxy before Tuber that passes everything but upgrades. */
async function startFront(undo: Undo, target: string, meetUpgrade: MeetUpgrade): Promise<Front> {
  const asked: string[] = [];
  const note = ({ method, url = "" }: IncomingMessage): void => {
    const what = `${method} ${url.split("?")[0]}`;
    if (url.startsWith(SIGNAL_PATH) && (url === SIGNAL_PATH || asked.at(-1) !== what)) asked.push(what);
  };
  const passes = HttpProxy.createProxyServer({ target });
  const server = createServer((req, res) => {
    note(req);
    // Whichever side has gone, the other has nothing to wait for.
    passes.web(req, res, {}, () => res.destroy());
  });
  const sockets = new Set<Duplex>();
  server.on("upgrade", (req, socket) => {
    note(req);
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    meetUpgrade(req, socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  undo(() => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}
