// What `npm start` and `npm test` share: plain JavaScript without packages, because it runs before anything is installed or compiled.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

const OLDEST_NODE = 20;
const STAMP = path.join(ROOT, "dist", ".built");
/** Folders without sources. */
const NOT_SOURCES = new Set(["node_modules", "dist", "data", "media"]);

/** Ends the process with a sentence for people. */
export function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** Ends the process if Node is too old to run or build us. */
export function checkNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= OLDEST_NODE) return;
  giveUp(
    `Tuber needs Node ${OLDEST_NODE} or newer, this is ${process.version}; see https://nodejs.org for a newer one.`,
  );
}

/** Installs the locked packages unless they are there already. */
export function ensureInstalled() {
  if (isInstalled()) return;
  say("installing packages");
  // Nothing we use needs the install scripts of packages, so none of them gets to run.
  run(
    "npm",
    ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"],
    "Installing packages failed; is there a network?",
  );
}

/** Compiles unless nothing changed since the last time. */
export function ensureBuilt() {
  const sources = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === sources) return;
  say("building");
  run("npm", ["run", "--silent", "build"], "Building failed; the compiler's words are above.");
  mkdirSync(path.dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, sources);
}

/** Runs a program in the project's folder with our output, or gives up. */
export function run(program, args, sentence) {
  const { status } = spawnSync(program, args, { cwd: ROOT, stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) giveUp(sentence);
}

/** A line about what goes on, apart from what programs print. */
export function say(text) {
  process.stderr.write(`· ${text}\n`);
}

/** Paths of all source files below a folder, relative to the root, sorted. */
export function listFiles(folder = "") {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith(".") && !NOT_SOURCES.has(entry.name))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? listFiles(file) : [file];
    })
    .sort();
}

/** Whether every package of the lock file is there in its version; packages for other machines may be missing. */
function isInstalled() {
  const wanted = readLock("package-lock.json");
  const present = readLock("node_modules/.package-lock.json");
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([name, { version, optional }]) => {
    if (name === "") return true;
    return present[name] === undefined ? optional === true : present[name].version === version;
  });
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(path.join(ROOT, file), "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** Changes whenever a source file appears, goes or is written. */
function fingerprint() {
  const hash = createHash("sha256");
  for (const file of listFiles().filter((name) => /\.(ts|js|json)$/.test(name))) {
    const { size, mtimeMs } = statSync(path.join(ROOT, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}
