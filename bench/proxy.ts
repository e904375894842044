import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTuber } from "../e2e/programs.ts";
import { Child } from "../testing/child.ts";
import { startNginx } from "../testing/nginx.ts";
import { tempDir } from "../testing/temp-dir.ts";
import type { Undo } from "../testing/undo.ts";
import { startNginxProxy } from "./nginx-proxy.ts";
import { cpuSeconds, pinTo } from "./processes.ts";
import type { Claim, Measures, Result } from "./result.ts";
import { type Contender, interleave, ratio } from "./rounds.ts";
import { load } from "./wrk.ts";

const ROUNDS = 3;
const SECONDS = 3;
const BARE_PROXY = fileURLToPath(new URL("./bare-proxy-main.js", import.meta.url));
const NAVIGATION = { accept: "text/html", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate" };
const TASKS: readonly Task[] = [
  { name: "1 KiB file", path: "/small.bin", headers: {} },
  { name: "20 KiB page", path: "/page.html", headers: NAVIGATION },
];

interface Task {
  readonly name: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Running {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
}

/** What the proxy costs for a small file and for a page, beside bare http-proxy and nginx. */
export async function proxy(undo: Undo): Promise<Result> {
  pinOurselves(undo);
  const upstream = (await startNginx(undo, siteFolder(undo))).url;
  const tuber = await startTuber(undo, { upstream });
  const proxies: Running[] = [
    { name: "tuber", url: tuber.url, pid: tuber.pid },
    await startBareProxy(undo, upstream),
    { name: "nginx", ...(await startNginxProxy(undo, upstream)) },
  ];
  if (cpus().length > 1) for (const { pid } of proxies) pinTo("1", pid);
  for (const running of proxies) await checkAndWarm(running);
  const contenders = TASKS.flatMap((task) => proxies.map((running) => contender(task, running)));
  const rows = await interleave(contenders, ROUNDS);
  return {
    title: "Requests through the proxy",
    how: "wrk with 32 connections asks for a 1 KiB file, and for a 20 KiB page with a navigation's headers, so that Tuber puts its script tag in. Upstream is nginx with static files. Each proxy has a core to itself; load and upstream share the other. CPU is the proxy's.",
    rows,
    claims: TASKS.flatMap((task) => claimsOf(task, rows)),
  };
}

function claimsOf(task: Task, rows: Result["rows"]): Claim[] {
  const of = `tuber, ${task.name}`;
  return ["requests/s", "p99 ms", "CPU µs/request"].flatMap((measure) =>
    ["http-proxy", "nginx"].map((rival) => ratio(rows, { measure, of, to: `${rival}, ${task.name}` })),
  );
}

/** What we start, load and upstream, shares the first core with us. */
function pinOurselves(undo: Undo): void {
  if (cpus().length < 2) return;
  pinTo("0", process.pid);
  undo(() => pinTo(`0-${cpus().length - 1}`, process.pid));
}

function siteFolder(undo: Undo): string {
  const folder = tempDir(undo);
  writeFileSync(join(folder, "small.bin"), Buffer.alloc(1_024, 7));
  const head = "<!doctype html><html><head><title>Page</title></head><body>";
  const paragraphs = "<p>What a page has to say.</p>\n".repeat(700);
  writeFileSync(join(folder, "page.html"), `${head}${paragraphs}`.slice(0, 20_480));
  return folder;
}

async function startBareProxy(undo: Undo, upstream: string): Promise<Running> {
  const child = new Child({ command: process.execPath, args: [BARE_PROXY, upstream] });
  undo(() => child.end());
  const url = await child.line((line) => /"url":"([^"]+)"/.exec(line)?.[1]);
  return { name: "http-proxy", url, pid: child.process.pid ?? 0 };
}

/** Compiled code is what counts; and a proxy that did not put its tag in would win for nothing. */
async function checkAndWarm({ name, url }: Running): Promise<void> {
  for (const { path, headers } of TASKS) await load({ url: url + path, seconds: 1, headers });
  const page = await (await fetch(`${url}/page.html`, { headers: NAVIGATION })).text();
  if (page.includes("/__tuber/") !== (name === "tuber")) throw new Error(`${name} answers with the wrong page`);
}

function contender(task: Task, { name, url, pid }: Running): Contender {
  return {
    name: `${name}, ${task.name}`,
    run: async (): Promise<Measures> => {
      const beforeS = cpuSeconds(pid);
      const seen = await load({ url: url + task.path, seconds: SECONDS, headers: task.headers });
      const cpuUs = ((cpuSeconds(pid) - beforeS) * 1e6) / seen.requests;
      return { "requests/s": seen.requestsPerS, "p99 ms": seen.p99Ms, "CPU µs/request": cpuUs };
    },
  };
}
