import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Child } from "./child.ts";
import { inside, type Namespace } from "./netns.ts";
import { tempDir } from "./temp-dir.ts";
import type { Undo } from "./undo.ts";
import { until } from "./until.ts";

const run = promisify(execFile);
const SSHD = "/usr/sbin/sshd";

/** Why no tunnel can be made, or undefined if one can; fits node:test's `skip`. */
export function sshMissing(): string | undefined {
  return existsSync(SSHD) ? undefined : `${SSHD} is missing (Debian: apt-get install openssh-server)`;
}

export interface TunnelOptions {
  /** Where sshd runs and the public port opens; and where `ssh -R` runs. */
  readonly relay: Namespace | undefined;
  readonly home: Namespace | undefined;
  /** Address of the relay that home can reach. */
  readonly relayHost: string;
  readonly sshPort: number;
  /** The public address viewers use. */
  readonly publicHost: string;
  readonly publicPort: number;
  /** What the tunnel leads to, as home sees it. */
  readonly targetHost: string;
  readonly targetPort: number;
}

/** Bytes of the tunnel's one TCP connection, encryption included, as the kernel counts them. */
export interface TunnelBytes {
  readonly toHome: number;
  readonly fromHome: number;
}

export interface SshTunnel {
  bytes(): Promise<TunnelBytes>;
}

/** `ssh -N -R` from home to an sshd of our own on the relay, as people publish a home server. Ended after the test. */
export async function openSshTunnel(undo: Undo, options: TunnelOptions): Promise<SshTunnel> {
  const folder = tempDir(undo);
  chmodSync(folder, 0o755);
  const [hostKey, userKey] = await Promise.all([makeKey(folder, "host"), makeKey(folder, "user")]);
  const config = join(folder, "sshd_config");
  writeFileSync(config, sshdConfig(options, hostKey, `${userKey}.pub`));
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
  const sshd = start(undo, options.relay, SSHD, ["-D", "-e", "-f", config]);
  await sshd.line((line) => (line.includes("Server listening") ? true : undefined));
  const ssh = start(undo, options.home, "ssh", clientArguments(options, userKey));
  await ssh.line((line) => (/remote forward success/.test(line) ? true : undefined));
  const bytes = async (): Promise<TunnelBytes> => tunnelBytes(options);
  await until(async () => (await bytes()).fromHome > 0, "the tunnel's connection is listed");
  return { bytes };
}

function start(undo: Undo, namespace: Namespace | undefined, program: string, programArgs: readonly string[]): Child {
  const [command, args] = inside(namespace, program, programArgs);
  const child = new Child({ command, args });
  undo(() => child.end());
  return child;
}

async function makeKey(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  return file;
}

function sshdConfig(options: TunnelOptions, hostKey: string, userKey: string): string {
  return [
    `ListenAddress ${options.relayHost}`,
    `Port ${options.sshPort}`,
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${userKey}`,
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "PermitRootLogin prohibit-password",
    "GatewayPorts clientspecified",
    "PidFile none",
    "LogLevel INFO",
    "",
  ].join("\n");
}

function clientArguments(options: TunnelOptions, userKey: string): string[] {
  const forward = `${options.publicHost}:${options.publicPort}:${options.targetHost}:${options.targetPort}`;
  const settings = [
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "ExitOnForwardFailure=yes",
    "IdentitiesOnly=yes",
  ];
  return ["-F", "none", "-N", "-v", "-R", forward, "-p", String(options.sshPort), "-i", userKey]
    .concat(settings.flatMap((setting) => ["-o", setting]))
    .concat(options.relayHost);
}

async function tunnelBytes(options: TunnelOptions): Promise<TunnelBytes> {
  const [command, args] = inside(options.relay, "ss", ["-tinH", "state", "established", `sport = :${options.sshPort}`]);
  const { stdout } = await run(command, args);
  const count = (name: string): number =>
    [...stdout.matchAll(new RegExp(`${name}:(\\d+)`, "g"))].reduce((sum, hit) => sum + Number(hit[1]), 0);
  return { toHome: count("bytes_sent"), fromHome: count("bytes_received") };
}
