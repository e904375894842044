import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { parse } from "yaml";
import { loadConfig } from "../node/config.ts";
import { keyOf, OPTION_NAMES, OPTIONS } from "../node/config-options.ts";
import { helpText } from "./help.ts";
import { settingsTable } from "./settings-table.ts";
import { VERB_NAMES } from "./verbs.ts";

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const sample = read("tuber.sample.yaml");
/** The sample with every setting switched on. */
const sampleOn = sample.replace(/^#(?=[a-z])/gm, "");

test("the sample file lists every setting, in order, and no other", () => {
  assert.deepEqual(Object.keys(parse(sampleOn)), OPTION_NAMES.map(keyOf));
});

test("the sample file says of every setting what it means", () => {
  for (const name of OPTION_NAMES)
    assert.ok(sample.includes(`# ${OPTIONS[name].help}.\n#${keyOf(name)}: `), keyOf(name));
});

test("the sample file shows the defaults: with every line switched on nothing changes", () => {
  const { config } = loadConfig({ flags: {}, env: {}, file: { path: "sample", text: sampleOn } });
  const { config: defaults } = loadConfig({ flags: {}, env: {} });
  for (const name of OPTION_NAMES) {
    if (OPTIONS[name].fallback !== undefined) assert.deepEqual(config[name], defaults[name], name);
  }
});

test("the sample file as it stands sets nothing", () => {
  assert.equal(parse(sample), null);
});

test("the read-me's table is the one the settings give", () => {
  assert.ok(read("README.md").includes(settingsTable()), `put this into README.md:\n${settingsTable()}`);
});

test("help names every setting and verb and fits a terminal", () => {
  const text = helpText(undefined);
  for (const name of OPTION_NAMES) assert.ok(text.includes(`--${keyOf(name)} `), name);
  for (const verb of VERB_NAMES) assert.ok(text.includes(`  ${verb} `), verb);
  for (const line of text.split("\n")) assert.ok(line.length <= 100, line);
});

test("every verb has a help of its own", () => {
  for (const verb of VERB_NAMES) assert.ok(helpText(verb).startsWith(`tuber ${verb}`));
});
