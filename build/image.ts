import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Instruction, readCopy, readIgnored, readStages, readWords, type Stage } from "./dockerfile.ts";

/** Longer than any start of Tuber. */
const START_MS = 30_000;
const LOOK_AGAIN_MS = 200;

/**
 * Does what the Dockerfile says in folders below `into`, one for each stage, without an engine: no base image, no other user. Then
 * runs the image's program in front of a small app and asks for its health as the image does. Throws at the first thing that fails.
 */
export async function tryImage(root: string, into: string): Promise<void> {
  const stages = readStages(readFileSync(join(root, "Dockerfile"), "utf8"));
  const context = join(into, "context");
  copyContext(root, context);
  for (const [index, stage] of stages.entries()) {
    runStage(stage, join(into, stage.name ?? String(index)), (from) =>
      from === undefined ? context : join(into, from),
    );
  }
  const final = stages.at(-1);
  if (final === undefined) throw new Error("the Dockerfile has no stage");
  await runProgram(final, join(into, final.name ?? String(stages.length - 1)));
}

/** What `docker build` would be sent. */
function copyContext(root: string, context: string): void {
  const isIgnored = readIgnored(readFileSync(join(root, ".dockerignore"), "utf8"));
  cpSync(root, context, { recursive: true, filter: (path) => path === root || !isIgnored(relative(root, path)) });
}

function runStage(stage: Stage, folder: string, folderOf: (from: string | undefined) => string): void {
  let workFolder = folder;
  for (const instruction of stage.instructions) {
    if (instruction.name === "WORKDIR") workFolder = join(folder, instruction.text);
    mkdirSync(workFolder, { recursive: true });
    if (instruction.name === "COPY") copy(instruction, workFolder, folderOf);
    if (instruction.name === "RUN") run(instruction, folder, workFolder);
  }
}

function copy(instruction: Instruction, workFolder: string, folderOf: (from: string | undefined) => string): void {
  const { from, sources, target } = readCopy(instruction);
  for (const source of sources) {
    const path = join(folderOf(from), source);
    const isInto = target.endsWith("/") && source !== ".";
    const name = isInto ? join(target, source.split("/").at(-1) ?? "") : target;
    mkdirSync(dirname(join(workFolder, name)), { recursive: true });
    cpSync(path, join(workFolder, name), { recursive: true, verbatimSymlinks: true });
  }
}

/** The root folder and its users are the engine's affair; only what stays in the work folder is run. */
function run({ text }: Instruction, folder: string, workFolder: string): void {
  if (/\bchown\b/.test(text)) return say(`left out: ${text}`);
  say(text);
  const { status } = spawnSync("sh", ["-e", "-c", text], {
    cwd: workFolder,
    stdio: "inherit",
    env: { ...process.env, HOME: folder },
  });
  if (status !== 0) throw new Error(`this ended with ${status}: ${text}`);
}

async function runProgram(stage: Stage, folder: string): Promise<void> {
  const app = createServer((_req, res) => res.end("the app")).listen(0, "127.0.0.1");
  await once(app, "listening");
  const workFolder = join(folder, stage.instructions.find(({ name }) => name === "WORKDIR")?.text ?? "");
  const [program = "", ...words] = wordsOf(stage, "ENTRYPOINT");
  const env = {
    ...process.env,
    NODE_ENV: "production",
    TUBER_DATA_DIR: join(folder, "data"),
    TUBER_UPSTREAM: `http://127.0.0.1:${(app.address() as AddressInfo).port}`,
    TUBER_LISTEN: "127.0.0.1:0",
    TUBER_ADMIN: `127.0.0.1:${await freePort()}`,
    TUBER_UDP_PORT: String(await freePort()),
  };
  const tuber = spawn(program, words, { cwd: workFolder, stdio: "inherit", env });
  const over = once(tuber, "exit").then(([status]) => {
    throw new Error(`the image's program ended with ${status}`);
  });
  try {
    await Promise.race([untilHealthy(wordsOf(stage, "HEALTHCHECK"), workFolder, env), over]);
    say("the image's program runs and is healthy");
  } finally {
    tuber.kill("SIGTERM");
    await over.catch(() => undefined);
    app.close();
  }
}

/** Nobody listens there now; of UDP and TCP alike, as far as one can tell by TCP. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function untilHealthy([program = "", ...words]: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const endMs = performance.now() + START_MS;
  while (spawnSync(program, words, { cwd, env }).status !== 0) {
    if (performance.now() > endMs) throw new Error("the image's program does not become healthy");
    await pause(LOOK_AGAIN_MS);
  }
}

function wordsOf(stage: Stage, name: string): string[] {
  const instruction = stage.instructions.find((each) => each.name === name);
  if (instruction === undefined) throw new Error(`the image has no ${name}`);
  return readWords(instruction);
}

function say(text: string): void {
  process.stderr.write(`· ${text}\n`);
}
