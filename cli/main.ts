#!/usr/bin/env node
import type { LoadedConfig } from "../node/config.ts";
import type { Config, ProxyConfig } from "../node/config-options.ts";
import { TuberError } from "../node/error.ts";
import { createLog, type Log } from "../node/log.ts";
import { type Command, parseCommand } from "./args.ts";
import { startDemoSite } from "./demo-site.ts";
import { demoText } from "./demo-text.ts";
import { explainFailure } from "./explain.ts";
import { isHealthy } from "./health.ts";
import { helpText } from "./help.ts";
import { failOnStrayErrors, stopOnSignals } from "./lifecycle.ts";
import { loadSettings } from "./load-settings.ts";
import { runProxy } from "./proxy.ts";
import { showConfig } from "./show-config.ts";
import { version } from "./version.ts";

/** Exit codes: 0 done, 1 failed while running, 2 asked for something that cannot be meant. */
const [FAILED, USAGE] = [1, 2];

type Run = Extract<Command, { type: "run" }>;

async function main(argv: readonly string[]): Promise<void> {
  const command = parseCommand(argv);
  if (command.type === "version") return print(`${version()}\n`);
  if (command.type === "help") return print(helpText(command.verb));
  const settings = loadSettings(command.flags, command.configPath);
  await run(command, settings).catch((error: unknown) => fail(error, settings.config));
}

async function run(command: Run, settings: LoadedConfig): Promise<void> {
  const { config } = settings;
  if (command.verb === "config") return print(showConfig(settings));
  if (command.verb === "health") return process.exit((await isHealthy(config.admin)) ? 0 : FAILED);
  const log = createLog({ level: config.logLevel });
  failOnStrayErrors(log);
  if (command.verb === "demo") return runDemo(config, log);
  const proxy = await runProxy(withUpstream(config), { mode: command.verb, log });
  stopOnSignals(proxy, config.drainTime, log);
}

async function runDemo(config: Config, log: Log): Promise<void> {
  const site = await startDemoSite();
  const proxy = await runProxy({ ...config, upstream: site.url }, { mode: "proxy", log });
  print(demoText(proxy.url, site.url.href));
  stopOnSignals({ stop: () => proxy.stop().finally(() => site.stop()) }, config.drainTime, log);
}

function withUpstream(config: Config): ProxyConfig {
  const { upstream } = config;
  if (upstream !== undefined) return { ...config, upstream };
  throw new TuberError(
    "config-invalid",
    "No site to serve; say which with --upstream, such as --upstream http://localhost:8096, or try tuber demo.",
  );
}

function print(text: string): void {
  process.stdout.write(text);
}

function fail(error: unknown, config?: Config): never {
  process.stderr.write(`tuber: ${explainFailure(error, config)}\n`);
  process.exit(error instanceof TuberError && error.code === "config-invalid" ? USAGE : FAILED);
}

await main(process.argv.slice(2)).catch((error: unknown) => fail(error));
