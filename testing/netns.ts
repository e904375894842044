import { execFile, execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { promisify } from "node:util";
import type { Undo } from "./undo.ts";

const run = promisify(execFile);
const PREFIX = "tuber-";

/** A network namespace of this test: a machine of its own as far as the network goes. */
export interface Namespace {
  /** Its name for `ip netns`. */
  readonly name: string;
  /** Its short name in the test. */
  readonly label: string;
}

/** Why no namespaces can be made here, or undefined if they can; fits node:test's `skip`. */
export function namespacesMissing(): string | undefined {
  if (process.platform !== "linux") return "network namespaces need Linux";
  if (process.getuid?.() !== 0) return "network namespaces need root: run npm test as root";
  try {
    const probe = `${PREFIX}${process.pid}-probe`;
    execFileSync("ip", ["netns", "add", probe], { stdio: "pipe" });
    execFileSync("ip", ["netns", "del", probe], { stdio: "pipe" });
    return undefined;
  } catch (fault) {
    return `network namespaces are refused here: ${String(fault).split("\n")[0]}`;
  }
}

let made = 0;

/** A new namespace with loopback up and nothing else; gone after the test. `label`: up to 9 letters. */
export async function addNamespace(undo: Undo, label: string): Promise<Namespace> {
  if (made === 0) await sweep();
  made += 1;
  const name = `${PREFIX}${process.pid}-${made}-${label}`;
  await run("ip", ["netns", "add", name]);
  undo(() => run("ip", ["netns", "del", name]));
  await run("ip", ["-n", name, "link", "set", "lo", "up"]);
  return { name, label };
}

/** Lays a cable between two namespaces; the addresses are of one subnet, e.g. "10.77.1.1/24". */
export async function joinNamespaces(a: Namespace, aAddress: string, b: Namespace, bAddress: string): Promise<void> {
  const [aDevice, bDevice] = [deviceTo(b), deviceTo(a)];
  await run("ip", ["-n", a.name, "link", "add", aDevice, "type", "veth", "peer", "name", bDevice, "netns", b.name]);
  await plug(a, aDevice, aAddress);
  await plug(b, bDevice, bAddress);
}

/** A switch in `hub` with a cable to each member: they all reach each other. Addresses are of one subnet, e.g. "10.77.1.1/24". */
export async function switchNamespaces(
  hub: Namespace,
  members: readonly { readonly namespace: Namespace; readonly address: string }[],
): Promise<void> {
  await run("ip", ["-n", hub.name, "link", "add", "switch", "type", "bridge"]);
  await run("ip", ["-n", hub.name, "link", "set", "switch", "up"]);
  for (const { namespace, address } of members) {
    const [device, port] = [deviceTo(hub), deviceTo(namespace)];
    await run("ip", [
      "-n",
      hub.name,
      "link",
      "add",
      port,
      "type",
      "veth",
      "peer",
      "name",
      device,
      "netns",
      namespace.name,
    ]);
    await run("ip", ["-n", hub.name, "link", "set", port, "master", "switch", "up"]);
    await plug(namespace, device, address);
  }
}

/** The name of a namespace's end of its cable to `other`. */
export function deviceTo(other: Namespace): string {
  return `to-${other.label}`;
}

/** A default route to a gateway that need not exist: without one Chromium finds no host candidates. */
export async function addDefaultRoute(namespace: Namespace, gateway: string): Promise<void> {
  await run("ip", ["-n", namespace.name, "route", "add", "default", "via", gateway]);
}

/** Loads nft rules (one statement a line) into the namespace. */
export async function loadRules(namespace: Namespace, rules: string): Promise<void> {
  const child = run("ip", ["netns", "exec", namespace.name, "nft", "-f", "-"]);
  child.child.stdin?.end(rules);
  await child;
}

/** The command line that runs `command` in the namespace; without one, the command itself. */
export function inside(namespace: Namespace | undefined, command: string, args: readonly string[]): [string, string[]] {
  return namespace ? ["ip", ["netns", "exec", namespace.name, command, ...args]] : [command, [...args]];
}

async function plug(namespace: Namespace, device: string, address: string): Promise<void> {
  // A link-local address of its own would become usable a second or two later, and Chromium breaks every page load at that moment
  // (ERR_NETWORK_CHANGED).
  await run("ip", ["-n", namespace.name, "link", "set", device, "addrgenmode", "none"]);
  await run("ip", ["-n", namespace.name, "addr", "add", address, "dev", device]);
  await run("ip", ["-n", namespace.name, "link", "set", device, "up"]);
}

/** Removes what test runs left that were killed before they could tidy up. */
async function sweep(): Promise<void> {
  const folder = "/run/netns";
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(PREFIX)) : [];
  for (const name of names) {
    const owner = name.slice(PREFIX.length).split("-")[0] ?? "";
    if (!existsSync(`/proc/${owner}`)) await run("ip", ["netns", "del", name]).catch(() => undefined);
  }
}
