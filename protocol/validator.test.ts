import assert from "node:assert/strict";
import { test } from "node:test";
import { validatorOf } from "./validator.ts";

const MODIFIED = "Sat, 21 Nov 2026 10:00:00 GMT";
const A_SECOND_LATER = "Sat, 21 Nov 2026 10:00:01 GMT";

const ANSWERS: [what: string, headers: Record<string, string>, validator: string | undefined][] = [
  ["a strong ETag", { etag: '"v1"' }, '"v1"'],
  ["a strong ETag before a date", { etag: '"v1"', "last-modified": MODIFIED, date: A_SECOND_LATER }, '"v1"'],
  ["a date a second before the answer", { "last-modified": MODIFIED, date: A_SECOND_LATER }, MODIFIED],
  ["such a date beside a weak ETag", { etag: 'W/"v1"', "last-modified": MODIFIED, date: A_SECOND_LATER }, MODIFIED],
  ["no date of the answer's own second", { "last-modified": MODIFIED, date: MODIFIED }, undefined],
  ["no date of which it is not known how old it is", { etag: 'W/"v1"', "last-modified": MODIFIED }, undefined],
  ["no weak ETag", { etag: 'W/"v1"', date: A_SECOND_LATER }, undefined],
  ["nothing where there is nothing", {}, undefined],
];

for (const [what, headers, validator] of ANSWERS) {
  test(`a broken body is gone on with by ${what}`, () => assert.equal(validatorOf(new Headers(headers)), validator));
}
