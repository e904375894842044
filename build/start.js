// `npm start [-- ARGUMENTS]`: installs and builds what is missing, then runs Tuber; without arguments, the demo.
import { checkNode, ensureBuilt, ensureInstalled } from "./steps.js";

checkNode();
ensureInstalled();
ensureBuilt();

const main = new URL("../dist/cli/main.js", import.meta.url);
const given = process.argv.slice(2);
process.argv.splice(2, given.length, ...(given.length === 0 ? ["demo"] : given));
process.setSourceMapsEnabled(true);
await import(main.href);
