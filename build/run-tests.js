// Finds and runs test files, and counts what came of them.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { listFiles, ROOT } from "./steps.js";

/** One test must never hold up the rest for ever. */
const TIMEOUT_MS = 600_000;

/** Compiled test files of sources that still exist; a file left over in dist from a deleted test is not run. */
export function compiledTests(ending) {
  return listFiles()
    .filter((file) => file.endsWith(ending))
    .map((file) => path.join("dist", file.replace(/\.ts$/, ".js")));
}

/**
 * Runs test files and returns how many tests passed, failed and fell short of an aim that is open work, and which could not run
 * here, and why. Those count as failed: nobody knows whether what they state holds.
 */
export function runTests(files, concurrency) {
  if (files.length === 0) return { passed: 0, failed: 0, notRun: [], todo: 0 };
  const folder = mkdtempSync(path.join(tmpdir(), "tuber-tests-"));
  const report = path.join(folder, "report.tap");
  const reporters = [
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=tap",
    `--test-reporter-destination=${report}`,
  ];
  const flags = ["--enable-source-maps", "--test", `--test-concurrency=${concurrency}`, `--test-timeout=${TIMEOUT_MS}`];
  const { status } = spawnSync(process.execPath, [...flags, ...reporters, ...files], { cwd: ROOT, stdio: "inherit" });
  const counts = readCounts(existsSync(report) ? readFileSync(report, "utf8") : "");
  rmSync(folder, { recursive: true, force: true });
  // A run that failed without a failed test (it crashed, or was ended) is a failure all the same.
  const failed = status !== 0 && counts.failed === 0 ? 1 : counts.failed;
  return { ...counts, failed: failed + counts.notRun.length };
}

/** Names the tests that could not run, and says what to do about it by hand where that is known. */
export function listNotRun(notRun, byHand) {
  if (notRun.length === 0) return;
  const lines = [`${notRun.length} could not run here and count as failed:`, ...notRun.map((test) => `  ${test}`)];
  process.stdout.write(`${[...lines, ...(byHand ? [byHand] : [])].join("\n")}\n`);
}

/** The totals at the end of a report in TAP. */
function readCounts(tap) {
  const count = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(tap)?.[1] ?? 0);
  const notRun = [...tap.matchAll(/^ *ok \d+ - (.*) # SKIP *(.*)$/gm)].map(([, name, why]) => `${name}: ${why}`);
  // A test that misses its aim and then breaks a rule is "todo" to the runner, and to its exit code: here it has failed.
  const broken = tap.match(/^ *not ok .* # TODO/gm)?.length ?? 0;
  return {
    passed: count("pass"),
    failed: count("fail") + count("cancelled") + broken,
    notRun,
    todo: count("todo") - broken,
  };
}
