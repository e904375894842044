// There is no container engine where the tests run; what can be told of the Dockerfile without one is told here.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { loadConfig } from "../node/config.ts";
import { type Copy, readCopy, readIgnored, readStages, readWords } from "./dockerfile.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, ROOT), "utf8");
const isIgnored = readIgnored(read(".dockerignore"));
const stages = readStages(read("Dockerfile"));
const copies = stages.map(({ instructions }) => instructions.filter(({ name }) => name === "COPY").map(readCopy));
const final = stages.at(-1);

function wordsOf(name: string): string[] {
  const instruction = final?.instructions.find((each) => each.name === name);
  assert.ok(instruction, name);
  return readWords(instruction);
}

test("all that is copied from the project is there, and not kept out of the build", () => {
  const sources = copies.flat().flatMap((copy) => (copy.from === undefined ? copy.sources : []));
  assert.ok(sources.length > 0);
  for (const source of sources) {
    assert.ok(existsSync(new URL(source, ROOT)), source);
    assert.ok(!isIgnored(source), source);
  }
});

test("the image takes nothing from outside its build stage but what that holds", () => {
  const taken = copies.at(-1) ?? [];
  assert.ok(taken.every(({ from }) => from === "build"));
  const made = ["package.json", "LICENSE", "node_modules", "dist", "demo/site"];
  const sources = taken.flatMap((copy: Copy) => copy.sources.map((source) => source.replace(/^\/tuber\//, "")));
  assert.deepEqual([...sources].sort(), [...made].sort());
});

test("what belongs to this machine or to none is not sent to the build", () => {
  for (const path of [
    ".git/HEAD",
    "node_modules/ws/index.js",
    "dist/cli/main.js",
    "peer/dist/.tsbuildinfo",
    "data/key",
  ]) {
    assert.ok(isIgnored(path), path);
  }
  for (const path of ["package.json", "cli/main.ts", "demo/site/index.html", "documents.ts"])
    assert.ok(!isIgnored(path), path);
});

test("the image starts the program that package.json names, and asks the same one for its health", () => {
  const { bin } = JSON.parse(read("package.json"));
  assert.ok(wordsOf("ENTRYPOINT").includes(bin.tuber));
  assert.ok(wordsOf("HEALTHCHECK").includes(bin.tuber));
});

test("the image opens the ports that are the defaults", () => {
  const { config } = loadConfig({ flags: {}, env: {} });
  const exposed = final?.instructions.find(({ name }) => name === "EXPOSE")?.text;
  assert.equal(exposed, `${config.listen.port}/tcp ${config.udpPort}/udp`);
});
