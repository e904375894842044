import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Script } from "node:vm";
import { withPrefix } from "./prefix.ts";
import { isStrict } from "./prologue.ts";

const CORE = "/__tuber/core.js";
const CLASSIC = `try{importScripts("${CORE}")}catch{}`;
const MODULE = `import "${CORE}";`;
const options = { corePath: CORE, trustedTypes: false };

async function prefixed(script: string): Promise<string | undefined> {
  return (await withPrefix(Buffer.from(script), options))?.toString();
}

/** Runs a classic worker script; returns what it imported. */
function run(script: string, importScripts: (url: string) => void): unknown {
  return new Script(script).runInNewContext({ importScripts });
}

describe("the prefix of the app's worker", () => {
  for (const [name, script] of [
    ["no syntax of modules", "self.addEventListener('fetch', () => {});\n"],
    [
      "words of modules in strings, comments and expressions",
      "/* export */ const a = 'import x from \"y\"'; `export \n`; /import x/;",
    ],
    ["a dynamic import", "function f() { return import('./x.js'); }"],
    ["a regular expression first", "/a'b/.test('x');"],
    ["a call first", "(function () {})();"],
    ["nothing", ""],
  ] as const) {
    test(`a script stays a script: ${name}`, async () => assert.equal(await prefixed(script), CLASSIC + script));
  }

  for (const [name, script] of [
    ["import", "import './dep.js';\nself.x = 1;"],
    ["import after code", "self.x = 1;\nimport { a } from './dep.js';"],
    ["export", "export {};"],
    ["import.meta", "console.log(import.meta.url);"],
  ] as const) {
    test(`a module stays a module: ${name}`, async () => assert.equal(await prefixed(script), MODULE + script));
  }

  test("a byte order mark stays first", async () => {
    assert.equal(await prefixed("\ufeffself.x = 1;"), `\ufeff${CLASSIC}self.x = 1;`);
  });

  test("what is no script that we can read is left alone", async () => {
    for (const script of ["#!/usr/bin/env node\n1", "import {", "'unclosed", "f("]) {
      assert.equal(await prefixed(script), undefined, script);
    }
  });

  test("a strict script stays strict, with its lines where they were", async () => {
    const script = "// first\n'use strict';\n(function () { return this; })() === undefined && new Error().stack";
    const stack = String(run((await prefixed(script)) ?? "", () => {}));
    assert.match(stack, /evalmachine\.<anonymous>:3:/);
    assert.match((await prefixed(script)) ?? "", /^"use strict";try/);
  });

  test("a sloppy script stays sloppy", async () => {
    assert.equal(
      run((await prefixed("undeclared = 1; 'use strict'; undeclared")) ?? "", () => {}),
      1,
    );
  });

  test("a core that does not load does not keep the app's worker from running", async () => {
    const script = (await prefixed("'app'")) ?? "";
    assert.equal(
      run(script, () => {
        throw new Error("NetworkError");
      }),
      "app",
    );
  });

  test("the core is loaded as a trusted URL where the worker demands one", async () => {
    const script = (await withPrefix(Buffer.from("'app'"), { corePath: CORE, trustedTypes: true })) ?? "";
    const imported: unknown[] = [];
    const trustedTypes = {
      createPolicy: (name: string, { createScriptURL }: { createScriptURL(url: string): string }) => ({
        createScriptURL: (url: string) => ({ trusted: name, url: createScriptURL(url) }),
      }),
    };
    new Script(script.toString()).runInNewContext({
      trustedTypes,
      importScripts: (url: unknown) => imported.push(url),
    });
    assert.deepEqual(imported, [{ trusted: "tuber-loader", url: CORE }]);
  });
});

describe("leading directives", () => {
  for (const script of [
    '"use strict"',
    "'use strict';x",
    "\ufeff /* a */ // b\n 'use strict'\nx",
    "'use asm'; 'use strict';",
    "'other'\n'use strict'\n;x",
    "'use strict' // c\nconst a = 1",
    "'use strict'\n\n{}",
    "'use strict'/* a\n */x",
  ]) {
    test(`strict: ${JSON.stringify(script)}`, () => assert.equal(isStrict(script), true));
  }
  for (const script of [
    "",
    "x; 'use strict'",
    "'use strict' + x",
    "'use strict'.length",
    "'use strict'\n.length",
    "'use strict'\n(0)",
    "'use strict'\n+ 1",
    "'use strict'\nin x",
    "('use strict')",
    "'use\\x20strict'",
    "'Use Strict'",
    "`use strict`",
    "// 'use strict'",
    "'use strict",
    "'use strict' x",
  ]) {
    test(`not strict: ${JSON.stringify(script)}`, () => assert.equal(isStrict(script), false));
  }
});
