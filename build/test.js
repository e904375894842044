// `npm test`: installs and builds what is missing, checks style, runs every test and ends with "N passed, N failed".
import { spawnSync } from "node:child_process";
import path from "node:path";
import { installDebianPackages } from "./debian.js";
import { compiledTests, listNotRun, runTests } from "./run-tests.js";
import { checkNode, ensureBuilt, ensureInstalled, ROOT, say } from "./steps.js";

checkNode();
ensureInstalled();
const byHand = installDebianPackages();
// What can be tested is, all the same.
if (byHand) say(byHand);
ensureBuilt();

say("checking style");
const biome = path.join(ROOT, "node_modules", "@biomejs", "biome", "bin", "biome");
const style = spawnSync(process.execPath, [biome, "check", "."], { cwd: ROOT, stdio: "inherit" });

say("unit tests");
const unit = runTests(compiledTests(".test.ts"), 2);
say("end-to-end tests");
// One at a time: they measure, and share the machine's ports and namespaces.
const e2e = runTests(compiledTests(".e2e.ts"), 1);

const results = [
  { passed: style.status === 0 ? 1 : 0, failed: style.status === 0 ? 0 : 1, notRun: [], todo: 0 },
  unit,
  e2e,
];
const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
listNotRun(
  results.flatMap((result) => result.notRun),
  byHand,
);
if (total("todo") > 0) process.stdout.write(`${total("todo")} short of an aim (the figures are above)\n`);
process.stdout.write(`${total("passed")} passed, ${total("failed")} failed\n`);
process.exit(total("failed") === 0 ? 0 : 1);
