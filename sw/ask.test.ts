import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "./ask.ts";

for (const credentials of ["omit", "same-origin", "include"] as const) {
  test(`the app gets the cookies that it would get without us: those of a request with "${credentials}"`, async (t) => {
    const fetched = t.mock.method(globalThis, "fetch", async (_url: string, _init: RequestInit) => new Response());
    const request = new Request("http://site.test/segment.m4s", { credentials });
    await ask({ url: request.url, headers: [], start: 0, end: undefined }, undefined, request, 0);
    assert.equal(fetched.mock.calls[0]?.arguments[1]?.credentials, credentials);
  });
}
