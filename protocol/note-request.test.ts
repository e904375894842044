import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as v from "valibot";
import { SessionId } from "./ids.ts";
import { STREAM_CREDIT_BYTES } from "./limits.ts";
import { formatNoteRequest } from "./note-header.ts";
import { parseNoteRequest } from "./note-request.ts";

const SESSION = "0123456789abcdef0123456789abcdef";

test("a note request comes back as it was", () => {
  const session = fc.stringMatching(/^[0-9a-f]{32}$/).map((text) => v.parse(SessionId, text));
  const stream = fc.integer({ min: 1, max: 0xffff_ffff });
  const credit = fc.integer({ min: 0, max: STREAM_CREDIT_BYTES });
  fc.assert(
    fc.property(session, stream, credit, (session, stream, creditBytes) => {
      const request = { version: 1 as const, session, stream, creditBytes };
      assert.deepEqual(parseNoteRequest(formatNoteRequest(request)), request);
    }),
  );
});

for (const [rule, value] of [
  ["empty", ""],
  ["of another version", `2;${SESSION};1;1`],
  ["short of a part", `1;${SESSION};1`],
  ["with a part too many", `1;${SESSION};1;1;1`],
  ["with an empty part", `1;${SESSION};;1`],
  ["with stream 0", `1;${SESSION};0;1`],
  ["with a stream beyond 32 bits", `1;${SESSION};4294967296;1`],
  ["with a fractional stream", `1;${SESSION};1.5;1`],
  ["with negative credit", `1;${SESSION};1;-1`],
  ["with more credit than allowed", `1;${SESSION};1;${STREAM_CREDIT_BYTES + 1}`],
  ["with a session that is no 32 hex digits", "1;XYZ;1;1"],
  ["twice in one line", `1;${SESSION};1;1, 1;${SESSION};1;1`],
] as const) {
  test(`a note request ${rule} is none`, () => {
    assert.equal(parseNoteRequest(value), undefined);
  });
}

test("any text is a note request or none and never throws", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseNoteRequest(text);
      parseNoteRequest(`1;${SESSION};${text};${text}`);
    }),
  );
});
