import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HeaderList } from "../header-list.ts";
import { inlineLoader } from "../inject/tag.ts";
import { ownSource } from "./header-policies.ts";
import { admitPage } from "./page.ts";

const SCRIPT = "/__tuber/0123456789ab/client.js";
const OURS = "site.test/__tuber/";
const PLAIN = `<script src="${SCRIPT}"></script>`;
const NONCED = `<script src="${SCRIPT}" nonce="abc"></script>`;
const LOADER = inlineLoader(SCRIPT, "html", false);
const TRUSTED_LOADER = inlineLoader(SCRIPT, "html", true);

interface Case {
  readonly name: string;
  /** Lines of the header. */
  readonly policies: readonly string[];
  /** The same lines afterwards; default: unchanged. */
  readonly becomes?: readonly string[];
  /** Default: the plain tag. */
  readonly tag?: string;
}

const CASES: readonly Case[] = [
  { name: "none", policies: [] },
  { name: "nothing about scripts", policies: ["img-src 'self'; frame-ancestors 'none'"] },
  { name: "'self'", policies: ["default-src 'self'; img-src *"] },
  { name: "'SELF' in upper case", policies: ["Script-Src 'SELF'"] },
  { name: "any host", policies: ["script-src * 'unsafe-inline'"] },
  { name: "upgrade only", policies: ["upgrade-insecure-requests"] },
  {
    name: "nonce: copied; workers by URL",
    policies: ["script-src 'nonce-abc'"],
    becomes: [`script-src 'nonce-abc' ${OURS}`],
    tag: NONCED,
  },
  { name: "nonce, and workers allowed", policies: ["script-src 'nonce-abc'; worker-src 'self'"], tag: NONCED },
  {
    name: "nonce with strict-dynamic",
    policies: ["script-src 'nonce-abc' 'strict-dynamic' https: 'unsafe-inline'"],
    tag: NONCED,
  },
  {
    name: "nonce beside 'self' is not needed",
    policies: ["script-src 'self' 'nonce-abc'"],
  },
  {
    name: "nonce in default-src",
    policies: ["default-src 'nonce-abc'"],
    becomes: [`default-src 'nonce-abc'; worker-src 'nonce-abc' ${OURS}`],
    tag: NONCED,
  },
  {
    name: "a nonce that is none",
    policies: [`script-src 'nonce-"><b'`],
    becomes: [`script-src 'nonce-"><b' ${OURS}`],
  },
  {
    name: "hash without strict-dynamic: by URL",
    policies: ["script-src 'sha256-AAAA'"],
    becomes: [`script-src 'sha256-AAAA' ${OURS}`],
  },
  {
    name: "strict-dynamic with a hash: an inline loader by its hash",
    policies: ["script-src 'sha256-AAAA' 'strict-dynamic'"],
    becomes: [`script-src 'sha256-AAAA' 'strict-dynamic' ${LOADER.source}`],
    tag: LOADER.tag,
  },
  {
    name: "strict-dynamic in default-src",
    policies: ["default-src 'strict-dynamic' 'sha256-AAAA'"],
    becomes: [
      `default-src 'strict-dynamic' 'sha256-AAAA'; script-src-elem 'strict-dynamic' 'sha256-AAAA' ${LOADER.source}`,
    ],
    tag: LOADER.tag,
  },
  {
    name: "two strict-dynamic policies that share no nonce",
    policies: ["script-src 'nonce-abc' 'strict-dynamic'", "script-src 'nonce-def' 'strict-dynamic'"],
    becomes: [
      `script-src 'nonce-abc' 'strict-dynamic' ${LOADER.source}`,
      `script-src 'nonce-def' 'strict-dynamic' ${LOADER.source}`,
    ],
    tag: LOADER.tag,
  },
  {
    name: "strict-dynamic beside 'unsafe-inline': inline stays allowed for the app",
    policies: ["script-src 'strict-dynamic' 'sha256-AAAA', script-src 'self' 'unsafe-inline'"],
    becomes: [`script-src 'strict-dynamic' 'sha256-AAAA' ${LOADER.source}, script-src 'self' 'unsafe-inline'`],
    tag: LOADER.tag,
  },
  {
    name: "strict-dynamic beside 'self': the loader needs its hash there too",
    policies: ["script-src 'strict-dynamic' 'sha256-AAAA'", "script-src 'self'"],
    becomes: [`script-src 'strict-dynamic' 'sha256-AAAA' ${LOADER.source}`, `script-src 'self' ${LOADER.source}`],
    tag: LOADER.tag,
  },
  {
    name: "strict-dynamic with Trusted Types",
    policies: ["script-src 'strict-dynamic' 'sha256-AAAA'; require-trusted-types-for 'script'; trusted-types app"],
    becomes: [
      `script-src 'strict-dynamic' 'sha256-AAAA' ${TRUSTED_LOADER.source}; require-trusted-types-for 'script'; trusted-types app tuber-loader tuber`,
    ],
    tag: TRUSTED_LOADER.tag,
  },
  { name: "'none'", policies: ["script-src 'none'"], becomes: [`script-src ${OURS}`] },
  { name: "an empty list", policies: ["script-src; img-src *"], becomes: [`script-src ${OURS}; img-src *`] },
  {
    name: "default-src 'none' is not widened",
    policies: ["default-src 'none'; img-src 'self';"],
    becomes: [`default-src 'none'; img-src 'self'; script-src-elem ${OURS}; worker-src ${OURS}`],
  },
  {
    name: "default-src with another host",
    policies: ["default-src https://cdn.test"],
    becomes: [
      `default-src https://cdn.test; script-src-elem https://cdn.test ${OURS}; worker-src https://cdn.test ${OURS}`,
    ],
  },
  {
    name: "script-src with another host: one source serves scripts and workers",
    policies: ["script-src https://cdn.test"],
    becomes: [`script-src https://cdn.test ${OURS}`],
  },
  {
    name: "script-src-elem rules before script-src",
    policies: ["script-src 'self'; script-src-elem https://cdn.test"],
    becomes: [`script-src 'self'; script-src-elem https://cdn.test ${OURS}`],
  },
  {
    name: "worker-src 'none'",
    policies: ["default-src 'self'; worker-src 'none'"],
    becomes: [`default-src 'self'; worker-src ${OURS}`],
  },
  {
    name: "child-src is copied, since it rules frames too",
    policies: ["script-src 'self'; child-src https://frames.test"],
    becomes: [`script-src 'self'; child-src https://frames.test; worker-src https://frames.test ${OURS}`],
  },
  {
    name: "the first of two equal directives counts",
    policies: ["script-src b.test; script-src 'self'"],
    becomes: [`script-src b.test ${OURS}; script-src 'self'`],
  },
  {
    name: "one line with two policies, and spaces kept",
    policies: ["img-src  * ,script-src\tb.test ;  font-src *"],
    becomes: [`img-src  * ,script-src\tb.test ${OURS};  font-src *`],
  },
  {
    name: "nonce in one header, host in another",
    policies: ["script-src 'nonce-abc'; worker-src 'self'", "script-src b.test"],
    becomes: ["script-src 'nonce-abc'; worker-src 'self'", `script-src b.test ${OURS}`],
    tag: NONCED,
  },
  { name: "Trusted Types: our name is added", policies: ["trusted-types app"], becomes: ["trusted-types app tuber"] },
  {
    name: "Trusted Types 'none'",
    policies: ["require-trusted-types-for 'script'; trusted-types 'none'"],
    becomes: ["require-trusted-types-for 'script'; trusted-types tuber"],
  },
  { name: "Trusted Types with any name", policies: ["trusted-types * 'allow-duplicates'"] },
  { name: "Trusted Types demanded, no list", policies: ["require-trusted-types-for 'script'"] },
  { name: "bytes that no policy has", policies: ["script-src b.test; \u00e9"] },
  { name: "a sandbox in which we work", policies: ["sandbox allow-scripts allow-same-origin"] },
];

function headersOf(policies: readonly string[]): HeaderList {
  return new HeaderList(policies.map((policy) => ["Content-Security-Policy", policy] as const));
}

describe("a page's content security policies", () => {
  for (const { name, policies, becomes = policies, tag = PLAIN } of CASES) {
    test(name, () => {
      const headers = headersOf(policies);
      const admission = admitPage(headers, { scriptPath: SCRIPT, markup: "html", source: OURS });
      assert.deepEqual(headers.getAll("content-security-policy"), becomes);
      assert.equal(admission?.tag, tag);
      assert.equal(admission?.widened, becomes !== policies);
    });
  }

  test("what was allowed once stays as it is", () => {
    for (const { policies, becomes = policies } of CASES.filter(({ tag }) => !tag?.includes("createElement"))) {
      const headers = headersOf(becomes);
      admitPage(headers, { scriptPath: SCRIPT, markup: "html", source: OURS });
      assert.deepEqual(headers.getAll("content-security-policy"), becomes);
    }
  });

  test("a sandbox that makes the page a stranger gets nothing of ours", () => {
    for (const flags of ["", " allow-scripts", " allow-same-origin"]) {
      const headers = headersOf([`sandbox${flags}; script-src b.test`]);
      assert.equal(admitPage(headers, { scriptPath: SCRIPT, markup: "html", source: OURS }), undefined);
      assert.equal(headers.get("content-security-policy"), `sandbox${flags}; script-src b.test`);
    }
  });

  test("policies that only report are not changed, and get no reports about our tag where a nonce prevents them", () => {
    const headers = new HeaderList([["Content-Security-Policy-Report-Only", "script-src 'nonce-abc'"]]);
    const admission = admitPage(headers, { scriptPath: SCRIPT, markup: "html", source: OURS });
    assert.equal(admission?.tag, NONCED);
    assert.deepEqual(headers.entries(), [["Content-Security-Policy-Report-Only", "script-src 'nonce-abc'"]]);
  });

  test("a host that cannot stand in a policy leaves it as it is", () => {
    const headers = headersOf(["script-src b.test; trusted-types a"]);
    admitPage(headers, { scriptPath: SCRIPT, markup: "html", source: undefined });
    assert.equal(headers.get("content-security-policy"), "script-src b.test; trusted-types a tuber");
  });

  test("our source is the host the browser sees, and nothing that could end a directive", () => {
    const source = (headers: Record<string, string>) => ownSource(new HeaderList(Object.entries(headers)), "/__tuber/");
    assert.equal(source({ host: "a.test:8443" }), "a.test:8443/__tuber/");
    assert.equal(source({ host: "inner", "x-forwarded-host": "a.test, b.test" }), "a.test/__tuber/");
    for (const host of ["[::1]:80", "a;b", "a b", "*", "*.test", "'self'", "", "a/b", "a..b"])
      assert.equal(source({ host }), undefined, host);
  });

  test("where the request carries another host than visitors type, both are allowed, each where it is missing", () => {
    const request = (host: string) => new HeaderList([["Host", host]]);
    const both = "inner:8080/__tuber/ site.test/__tuber/";
    assert.equal(ownSource(request("inner:8080"), "/__tuber/", "site.test"), both);
    assert.equal(ownSource(request("site.test"), "/__tuber/", "site.test"), OURS);
    assert.equal(ownSource(request("[::1]:80"), "/__tuber/", "site.test"), OURS);
    const headers = headersOf(["script-src 'none'; worker-src inner:8080/__tuber/", "default-src b.test"]);
    admitPage(headers, { scriptPath: SCRIPT, markup: "html", source: both });
    assert.deepEqual(headers.getAll("content-security-policy"), [
      `script-src ${both}; worker-src ${both}`,
      `default-src b.test; script-src-elem b.test ${both}; worker-src b.test ${both}`,
    ]);
  });
});
