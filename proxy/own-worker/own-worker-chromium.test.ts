import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { after, before, describe, test } from "node:test";
import type { BrowserContext } from "playwright";
import { chromiumMissing, launchChromium } from "../../testing/browser.ts";
import { startRuleServer } from "../../testing/rule-server.ts";
import { undoAfter } from "../../testing/undo.ts";
import { HeaderList } from "../header-list.ts";
import { createHtmlRule } from "../inject/html-rule.ts";
import { createOwnWorkerRule } from "./own-worker-rule.ts";

/** A worker of the app that tells whether our core ran before it, and on which line it stands itself. */
const REPORT =
  "const core = self.core, line = /:(\\d+):\\d+/.exec(new Error('x').stack)[1], strict = (function () { return this === undefined; })();\n" +
  "self.addEventListener('message', (event) => event.source.postMessage({ core, line, strict }));\n";

interface AppWorker {
  readonly script: string;
  readonly policy?: string;
}

const WORKERS: Readonly<Record<string, AppWorker>> = {
  "/classic.js": { script: REPORT },
  "/strict.js": { script: `// a comment\n'use strict';\n${REPORT}` },
  "/module.js": { script: `${REPORT}export {};` },
  "/dependent.js": { script: `import './dep.js';\n${REPORT}` },
  "/policy.js": { script: REPORT, policy: "script-src 'none'" },
  "/trusted.js": { script: REPORT, policy: "require-trusted-types-for 'script'; trusted-types app" },
  "/coreless/classic.js": { script: REPORT },
  "/relay.js": {
    script: `self.addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));\n${REPORT}`,
  },
};

const app: RequestListener = (req, res) => {
  const worker = WORKERS[req.url ?? ""];
  if (worker === undefined && req.url !== "/__tuber/core.js" && req.url !== "/dep.js") {
    res.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>t</title>");
    return;
  }
  res.setHeader("content-type", "text/javascript");
  if (worker?.policy !== undefined) res.setHeader("content-security-policy", worker.policy);
  if (req.headers.referer?.includes("coreless") && req.url === "/__tuber/core.js") res.statusCode = 404;
  res.end(worker?.script ?? (req.url === "/dep.js" ? "self.core ||= 'too late';" : "self.core ||= 'first';"));
};

describe("the app's own service worker in Chromium", { skip: chromiumMissing() }, () => {
  const undo = undoAfter({ after });
  let context: BrowserContext;
  let origin: string;

  before(async () => {
    const rule = createOwnWorkerRule({ corePath: "/__tuber/core.js", onAppWorker: () => {}, log: { debug() {} } });
    const html = createHtmlRule({ scriptPath: "/__tuber/client.js", buildHash: "1", log: { debug() {} } });
    const server = await startRuleServer({ rules: [html, rule], fromRaw: HeaderList.fromRaw, app });
    undo(() => server.close());
    origin = server.origin;
    context = await (await launchChromium(undo)).newContext();
  });

  async function report(path: string): Promise<unknown> {
    const page = await context.newPage();
    await page.goto(`${origin}/`);
    const options = /module|dependent/.test(path) ? ({ type: "module" } as const) : {};
    const result = await page.evaluate(
      async ({ path, options }) => {
        const registration = await navigator.serviceWorker.register(path, { ...options, scope: path });
        const worker = registration.installing ?? registration.waiting ?? registration.active;
        const answer = new Promise((resolve) =>
          navigator.serviceWorker.addEventListener("message", (event) => resolve(event.data)),
        );
        navigator.serviceWorker.startMessages();
        worker?.postMessage(1);
        return answer;
      },
      { path, options },
    );
    await page.close();
    return result;
  }

  for (const [path, expected] of [
    ["/classic.js", { core: "first", line: "1", strict: false }],
    ["/strict.js", { core: "first", line: "3", strict: true }],
    ["/module.js", { core: "first", line: "1", strict: true }],
    ["/dependent.js", { core: "first", line: "2", strict: true }],
    ["/policy.js", { core: "first", line: "1", strict: false }],
    ["/trusted.js", { core: "first", line: "1", strict: false }],
    ["/coreless/classic.js", { core: undefined, line: "1", strict: false }],
  ] as const) {
    test(`runs after our core, with its lines and strictness: ${path}`, async () => {
      assert.deepEqual(await report(path), expected);
    });
  }

  test("pages that it fetches for a navigation get our script, its other fetches do not", async () => {
    await report("/relay.js");
    const page = await context.newPage();
    await page.goto(`${origin}/relay.js/page`);
    const { isControlled, own, fetched } = await page.evaluate(async () => ({
      isControlled: navigator.serviceWorker.controller !== null,
      own: document.head.innerHTML,
      fetched: await (await fetch("/relay.js/page")).text(),
    }));
    assert.ok(isControlled);
    assert.equal(own, '<script src="/__tuber/client.js"></script><title>t</title>');
    assert.equal(fetched, "<!doctype html><title>t</title>");
    await page.close();
  });
});
