import assert from "node:assert/strict";
import { once } from "node:events";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { test } from "node:test";
import type { Body } from "../../peer/body.ts";
import { parseNote } from "../../protocol/note.ts";
import { NOTE_TYPE } from "../../protocol/paths.ts";
import type { Exchange } from "../exchange.ts";
import { HeaderList } from "../header-list.ts";
import { createNoteRule, type NoteOutcome } from "./note-rule.ts";

const SESSION = "0123456789abcdef0123456789abcdef";
const REQUEST = `1;${SESSION};77;1048576`;
const FILM: [string, string][] = [
  ["Content-Type", "video/mp4"],
  ["Content-Length", "100000"],
  ["ETag", '"v1"'],
  ["Accept-Ranges", "bytes"],
  ["Set-Cookie", "a=1"],
  ["Set-Cookie", "b=2"],
  ["Vary", "Cookie"],
];

interface Case {
  readonly note?: string;
  readonly linked?: boolean;
  readonly status?: number;
  readonly headers?: [string, string][];
  /** What the app's answer lets the viewer into. */
  readonly swarm?: { readonly id: number; readonly ticket: string };
  /** What it does once that is known. */
  readonly soon?: { readonly id: number; readonly ticket: string };
}

/** What a client sees when the app answers `headers` to a request with `note`, and what the origin was told to push. */
async function visit({ note = REQUEST, linked = true, status = 200, headers = FILM, swarm, soon }: Case) {
  const pushed: unknown[][] = [];
  let known = swarm;
  const outcomes: NoteOutcome[] = [];
  const rule = createNoteRule({
    minBytes: 65_536,
    origin: {
      has: () => linked,
      push(session, stream, body: Body, ...rest) {
        pushed.push([session, stream, ...rest]);
        body.cancel();
        return true;
      },
    },
    admit: () => known,
    judging: () =>
      soon &&
      Promise.resolve().then(() => {
        known = soon;
      }),
    onOutcome: (outcome) => outcomes.push(outcome),
    onContent: () => undefined,
  });
  let seenByApp: string | undefined;
  const server = http.createServer((req: IncomingMessage, res: ServerResponse) => {
    const exchange: Exchange = {
      req,
      res,
      method: req.method ?? "",
      target: req.url ?? "",
      headers: HeaderList.fromRaw(req.rawHeaders),
    };
    rule.onRequest?.(exchange);
    seenByApp = exchange.headers.get("tuber-note");
    const answer = { status, statusText: "OK", headers: new HeaderList(headers), body: Readable.from(["body"]) };
    if (rule.onAnswer?.(exchange, answer) !== "taken") res.end("passed");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/film.mp4`, { headers: { "tuber-note": note } });
  const text = await response.text();
  server.close();
  return { response, text, pushed, outcomes, seenByApp };
}

test("an answer worth it becomes a note with the app's status and headers, and its body is pushed", async () => {
  const { response, text, pushed, outcomes } = await visit({});
  const note = parseNote(text);
  assert.equal(response.headers.get("content-type"), NOTE_TYPE);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual([note?.status, note?.stream, note?.start, note?.end, note?.total], [200, 77, 0, 100_000, 100_000]);
  assert.deepEqual(
    note?.headers,
    FILM.filter(([name]) => name !== "Set-Cookie"),
  );
  assert.deepEqual(pushed, [[SESSION, 77, 0, 100_000, 1_048_576]]);
  assert.deepEqual(outcomes, ["note"]);
});

test("cookies stand on the note's own response, where the browser takes them", async () => {
  const { response } = await visit({});
  assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
});

test("the app never sees the note header", async () => {
  assert.equal((await visit({})).seenByApp, undefined);
  assert.equal((await visit({ note: "garbage" })).seenByApp, undefined);
});

test("a refusal by the app passes although the link is open", async () => {
  const { text, pushed } = await visit({ status: 403 });
  assert.deepEqual([text, pushed], ["passed", []]);
});

const SWARM = { id: 7, ticket: "abc" };
const SMALL: [string, string][] = [
  ["Content-Type", "video/mp2t"],
  ["Content-Length", "9"],
];

test("the note for a content of a swarm carries the swarm and this viewer's ticket, and its body is pushed as ever", async () => {
  const { text, pushed } = await visit({ swarm: SWARM });
  assert.deepEqual(parseNote(text)?.swarm, SWARM);
  assert.deepEqual(pushed, [[SESSION, 77, 0, 100_000, 1_048_576]]);
});

test("the note for a part of such a content carries it as well", async () => {
  const headers: [string, string][] = [...FILM, ["Content-Range", "bytes 0-99999/200000"]];
  assert.deepEqual(parseNote((await visit({ swarm: SWARM, status: 206, headers })).text)?.swarm, SWARM);
});

test("a note waits for what is just being learnt of its content; its body does not", async () => {
  const { text, pushed } = await visit({ soon: SWARM });
  assert.deepEqual(parseNote(text)?.swarm, SWARM);
  assert.equal(pushed.length, 1);
});

test("a content of no swarm has none in its note", async () => {
  assert.equal("swarm" in (parseNote((await visit({})).text) ?? {}), false);
});

test("a small segment of a swarm gets a note, since the next ones will come from the swarm", async () => {
  assert.deepEqual(parseNote((await visit({ swarm: SWARM, headers: SMALL })).text)?.swarm, SWARM);
  assert.equal((await visit({ headers: SMALL })).text, "passed");
});

for (const [who, refused] of [
  ["whom the app refuses", { status: 403 }],
  ["who has no link", { linked: false }],
] satisfies [string, Case][]) {
  test(`a viewer ${who} gets no ticket`, async () => {
    const { text } = await visit({ swarm: SWARM, ...refused });
    assert.equal(text.includes(SWARM.ticket), false);
  });
}

test("an answer that nobody could finish if the link were lost passes, unless it has a swarm", async () => {
  const headers = FILM.filter(([name]) => name !== "ETag" && name !== "Content-Type");
  headers.push(["Content-Type", "application/zip"]);
  const { text, pushed, outcomes } = await visit({ headers });
  assert.deepEqual([text, pushed, outcomes], ["passed", [], ["not-resumable"]]);
  assert.deepEqual(parseNote((await visit({ headers, swarm: SWARM })).text)?.swarm, SWARM);
});

test("without a link the answer passes", async () => {
  const { text, outcomes } = await visit({ linked: false });
  assert.deepEqual([text, outcomes], ["passed", ["no-link"]]);
});

for (const note of [
  "",
  "1",
  "2;x;1;1",
  `1;${SESSION};0;1`,
  `1;${SESSION};77;-1`,
  `1;${SESSION};77;1e9`,
  `1;${SESSION};1.5;1`,
]) {
  test(`a bent note request (${note.replace(SESSION, "…") || "empty"}) gets the app's plain answer`, async () => {
    const { text, outcomes } = await visit({ note });
    assert.deepEqual([text, outcomes], ["passed", ["malformed"]]);
  });
}

test("an answer whose headers would make the note too big passes", async () => {
  const { text } = await visit({ headers: [...FILM, ["X-Long", "x".repeat(131_072)]] });
  assert.equal(text, "passed");
});
