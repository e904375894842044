import { fileURLToPath } from "node:url";
import { Child } from "../testing/child.ts";
import { freeUdpPort } from "../testing/free-port.ts";
import { inside, type Namespace } from "../testing/netns.ts";
import { tempDir } from "../testing/temp-dir.ts";
import type { Undo } from "../testing/undo.ts";
import type { SiteSpec } from "./site-main.ts";

const TUBER = fileURLToPath(new URL("../cli/main.js", import.meta.url));
const DEMO_SITE = fileURLToPath(new URL("../demo/site-server.js", import.meta.url));
const LAB_SITE = fileURLToPath(new URL("./lab-site-main.js", import.meta.url));
const TEST_SITE = fileURLToPath(new URL("./site-main.js", import.meta.url));

export interface TuberOptions {
  /** A URL; "demo": the program's own. */
  readonly upstream: string;
  readonly namespace?: Namespace;
  /** Default: loopback, any port. */
  readonly listen?: string;
  /** Default: a free one. */
  readonly udpPort?: number;
  /** More of the command line. */
  readonly args?: readonly string[];
}

/** A running `tuber proxy`, as a person starts it. */
export interface Tuber {
  readonly url: string;
  readonly admin: string;
  readonly udpPort: number;
  /** Of its process, as it runs now. */
  readonly pid: number;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill9(): Promise<void>;
  /** Starts it again on the same ports and data after {@link stop} or {@link kill9}, perhaps with other `args` or another verb. */
  restart(args?: readonly string[], verb?: Verb): Promise<void>;
  /** Its last lines of log. */
  tail(): string;
}

type Verb = "proxy" | "uninstall-sw";

interface Ready {
  readonly msg: "ready";
  readonly url: string;
  readonly admin: string;
}

/** Starts the command line and waits until it says it is ready. Stopped after the test. */
export async function startTuber(undo: Undo, options: TuberOptions): Promise<Tuber> {
  const udpPort = options.udpPort ?? (await freeUdpPort());
  const dataDir = tempDir(undo);
  const start = (listen: string, admin: string, more = options.args ?? [], verb: Verb = "proxy"): Child => {
    const what = options.upstream === "demo" ? ["demo"] : [verb, "--upstream", options.upstream];
    const flags = ["--listen", listen, "--admin", admin, "--udp-port", String(udpPort)];
    const rest = [...(more.includes("--stun") ? [] : ["--stun", "none"]), "--data-dir", dataDir, ...more];
    const program = ["--enable-source-maps", TUBER, ...what, ...flags, ...rest];
    const [command, args] = inside(options.namespace, process.execPath, program);
    return new Child({ command, args });
  };
  let child = start(options.listen ?? "127.0.0.1:0", "127.0.0.1:0");
  undo(() => child.end());
  const ready = await child.line(readReady);
  return {
    url: ready.url.replace(/\/$/, ""),
    admin: ready.admin.replace(/\/$/, ""),
    udpPort,
    get pid() {
      return child.process.pid ?? 0;
    },
    stop: async () => {
      await child.end();
      return child.process.exitCode;
    },
    kill9: () => child.end("SIGKILL"),
    restart: async (args, verb) => {
      child = start(new URL(ready.url).host, new URL(ready.admin).host, args, verb);
      await child.line(readReady);
    },
    tail: () => child.tail(),
  };
}

/** The test's own site (site.ts) as a process in a namespace (undefined: in none), on its loopback; answers its URL. */
export async function startSiteInside(undo: Undo, namespace: Namespace | undefined, spec: SiteSpec): Promise<string> {
  const [command, args] = inside(namespace, process.execPath, [
    "--enable-source-maps",
    TEST_SITE,
    JSON.stringify(spec),
  ]);
  const child = new Child({ command, args });
  undo(() => child.end());
  return child.line((line) => readJson<{ url?: string }>(line)?.url);
}

/** Files of a site by their path there. */
export type SiteFiles = Readonly<Record<string, string>>;

/** The lab's site (lab-site-main.ts) as a process in a namespace (undefined: in none); answers its URL. */
export async function startLabSite(
  undo: Undo,
  namespace: Namespace | undefined,
  listen: string,
  files: SiteFiles = {},
): Promise<string> {
  const program = ["--enable-source-maps", LAB_SITE, listen, JSON.stringify(files)];
  const [command, args] = inside(namespace, process.execPath, program);
  const child = new Child({ command, args });
  undo(() => child.end());
  return child.line((line) => readJson<{ url?: string }>(line)?.url);
}

/** Our sample site, a process that knows nothing of Tuber; answers its URL. */
export async function startDemoSite(undo: Undo): Promise<string> {
  const child = new Child({ command: process.execPath, args: ["--enable-source-maps", DEMO_SITE, "--port", "0"] });
  undo(() => child.end());
  return child.line((line) => readJson<{ url?: string }>(line)?.url?.replace(/\/$/, ""));
}

function readReady(line: string): Ready | undefined {
  const entry = readJson<Ready>(line);
  return entry?.msg === "ready" ? entry : undefined;
}

function readJson<T>(line: string): T | undefined {
  try {
    return JSON.parse(line) as T;
  } catch {
    return undefined;
  }
}
