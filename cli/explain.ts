import type { Config } from "../node/config-options.ts";

/** Why the program could not run, in one sentence that says what to try. */
export function explainFailure(error: unknown, config: Config | undefined): string {
  if (!(error instanceof Error)) return String(error);
  const [code, port] = [read(error, "code"), Number(read(error, "port"))];
  const flag = config ? flagOfPort(config, port) : "--listen";
  if (code === "EADDRINUSE") return `Port ${port} is in use; stop what uses it, or choose another with ${flag}.`;
  if (code === "EACCES" && port > 0) return `Port ${port} needs more rights; choose one above 1023 with ${flag}.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return `This machine has no address ${read(error, "address") ?? read(error, "hostname")}; choose another with ${flag}, for example 127.0.0.1:8080.`;
  }
  return error.message;
}

function flagOfPort(config: Config, port: number): string {
  if (port === config.udpPort) return "--udp-port";
  return port === config.admin.port && port !== config.listen.port ? "--admin" : "--listen";
}

function read(error: Error, key: string): unknown {
  return Object.entries(error).find(([name]) => name === key)?.[1];
}
