// `npm run unit [-- PART-OF-A-PATH …]`: only the tests beside the sources, or some of them.
import { compiledTests, listNotRun, runTests } from "./run-tests.js";

const parts = process.argv.slice(2);
const files = compiledTests(".test.ts").filter(
  (file) => parts.length === 0 || parts.some((part) => file.includes(part)),
);
const { passed, failed, notRun } = runTests(files, 2);
listNotRun(notRun);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
