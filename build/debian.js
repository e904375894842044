// Programs that tests drive and npm cannot install.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { giveUp, run, say } from "./steps.js";

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

/** Installs what is missing if we may, or says what to install and gives up. */
export function ensureDebianPackages() {
  const missing = Object.entries(PACKAGES)
    .filter(([program]) => !isThere(program))
    .map(([, name]) => name);
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(" ")}`;
  if (process.getuid?.() !== 0 || !isThere("apt-get")) {
    giveUp(`The tests also need: ${missing.join(", ")}. On Debian or Ubuntu, as root: ${command}`);
  }
  say(`installing ${missing.join(", ")}`);
  process.env.DEBIAN_FRONTEND = "noninteractive";
  // A failed refresh is no reason to stop: the lists at hand may do.
  spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit" });
  run(
    "apt-get",
    ["install", "-y", "-qq", "--no-install-recommends", ...missing],
    `Installing failed; try by hand: ${command}`,
  );
}

function isThere(program) {
  return FOLDERS.some((folder) => folder !== "" && existsSync(`${folder}/${program}`));
}
