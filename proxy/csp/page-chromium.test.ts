import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright";
import { chromiumMissing, launchChromium } from "../../testing/browser.ts";
import { startRuleServer } from "../../testing/rule-server.ts";
import { undoAfter } from "../../testing/undo.ts";
import { HeaderList } from "../header-list.ts";
import { createHtmlRule } from "../inject/html-rule.ts";

const SCRIPT = "/__tuber/0123456789ab/client.js";

/** What our script managed on a page. */
interface Outcome {
  readonly serviceWorker: string;
  readonly worker: string;
}

const WORKS: Outcome = { serviceWorker: "ok", worker: "ok" };

const POLICIES: readonly (readonly [policy: string, outcome: Outcome | undefined])[] = [
  ["", WORKS],
  ["default-src 'self'", WORKS],
  ["default-src 'none'; img-src 'self'", WORKS],
  ["script-src https://cdn.test", WORKS],
  ["default-src https://cdn.test; worker-src 'none'", WORKS],
  ["script-src 'nonce-YWJj'", WORKS],
  ["default-src 'none'; script-src 'nonce-YWJj'; connect-src 'self'", WORKS],
  ["script-src 'nonce-YWJj' 'strict-dynamic'", WORKS],
  ["script-src 'sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' 'strict-dynamic'", WORKS],
  ["script-src 'strict-dynamic' 'sha256-AAAA'; require-trusted-types-for 'script'; trusted-types app", WORKS],
  ["script-src 'nonce-YWJj' 'strict-dynamic', script-src 'nonce-ZGVm' 'strict-dynamic'", WORKS],
  ["script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'", WORKS],
  ["script-src 'none'; child-src 'none'; form-action 'none'", WORKS],
  ["script-src 'strict-dynamic' 'sha256-AAAA', default-src 'self' 'unsafe-inline'", WORKS],
  ["sandbox allow-scripts", undefined],
];

/** Stands for the page's script: the same calls, and what became of them. */
const CLIENT = `self.tuberTest = (async () => {
  const policy = self.trustedTypes?.createPolicy("tuber", { createScriptURL: (url) => url });
  const trust = (url) => policy ? policy.createScriptURL(url) : url;
  const outcome = async (run) => { try { await run(); return "ok"; } catch (error) { return error.name; } };
  const started = (worker) => new Promise((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = () => reject(new Error("blocked"));
  });
  return {
    worker: await outcome(() => started(new Worker(trust("/__tuber/0123456789ab/worker.js")))),
    serviceWorker: await outcome(() => navigator.serviceWorker.register(trust("/__tuber/sw.js"), { scope: location.pathname })),
  };
})();`;

const FILES: Readonly<Record<string, string>> = {
  [SCRIPT]: CLIENT,
  "/__tuber/0123456789ab/worker.js": "postMessage(1)",
  "/__tuber/sw.js": "",
};

const app: RequestListener = (req, res) => {
  const file = FILES[req.url ?? ""];
  if (file !== undefined) {
    res.writeHead(200, { "content-type": "text/javascript", "service-worker-allowed": "/" }).end(file);
    return;
  }
  const policy = POLICIES[Number(req.url?.slice(1))]?.[0] ?? "";
  res.setHeader("content-type", "text/html");
  if (policy !== "") res.setHeader("content-security-policy", policy);
  res.end("<!doctype html><head><script nonce=ZGVm>self.appRan = true</script></head>");
};

describe("in Chromium", { skip: chromiumMissing() }, () => {
  const undo = undoAfter({ after });
  let browser: Browser;
  let origin: string;

  before(async () => {
    const html = createHtmlRule({ scriptPath: SCRIPT, buildHash: "0123456789ab", log: { debug() {} } });
    const server = await startRuleServer({ rules: [html], fromRaw: HeaderList.fromRaw, app });
    undo(() => server.close());
    origin = server.origin;
    browser = await launchChromium(undo);
  });

  for (const [index, [policy, outcome]] of POLICIES.entries()) {
    test(`${outcome ? "our script runs and starts its workers" : "nothing of ours is tried"} under: ${policy || "no policy"}`, async () => {
      const page = await browser.newPage();
      await page.goto(`${origin}/${index}`);
      // The inline loader's script comes after the load of the tag itself, but before the page's load event.
      const result = await page.evaluate(() => (self as { tuberTest?: Promise<Outcome> }).tuberTest);
      assert.deepEqual(result, outcome);
      await page.close();
    });
  }
});
