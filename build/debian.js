// Programs that tests drive and npm cannot install.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { say } from "./steps.js";

/** Program → Debian package. */
const PACKAGES = {
  chromium: "chromium",
  "firefox-esr": "firefox-esr",
  nginx: "nginx-light",
  sshd: "openssh-server",
  ip: "iproute2",
  nft: "nftables",
};
/** System programs are not on everybody's PATH. */
const FOLDERS = [...(process.env.PATH ?? "").split(":"), "/usr/local/sbin", "/usr/sbin", "/sbin"];

/** Installs what is missing if we may. Returns what to do by hand about what is missing still, or undefined. */
export function installDebianPackages() {
  const missing = missingPackages();
  if (missing.length > 0 && process.getuid?.() === 0 && isThere("apt-get")) install(missing);
  const left = missingPackages();
  if (left.length === 0) return undefined;
  return `Some tests need ${left.join(", ")}. On Debian or Ubuntu, as root: apt-get install --no-install-recommends ${left.join(" ")}`;
}

function install(packages) {
  say(`installing ${packages.join(", ")}`);
  const apt = (...args) =>
    spawnSync("apt-get", args, { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  // A failed refresh is no reason to stop: the lists at hand may do.
  apt("update", "-qq");
  apt("install", "-y", "-qq", "--no-install-recommends", ...packages);
}

function missingPackages() {
  return Object.entries(PACKAGES)
    .filter(([program]) => !isThere(program))
    .map(([, name]) => name);
}

function isThere(program) {
  return FOLDERS.some((folder) => folder !== "" && existsSync(`${folder}/${program}`));
}
