import { existsSync, readFileSync } from "node:fs";
import { type ConfigInputs, type LoadedConfig, loadConfig } from "../node/config.ts";
import { CONFIG_VARIABLE } from "../node/config-env.ts";
import type { RawValues } from "../node/config-raw.ts";
import { TuberError } from "../node/error.ts";

/** Read when it is there and no other file is named. */
const DEFAULT_FILE = "tuber.yaml";

/** The settings of this run, from the command line, the environment and the file system. Throws `config-invalid`. */
export function loadSettings(flags: RawValues, configPath: string | undefined): LoadedConfig {
  const named = configPath ?? (process.env[CONFIG_VARIABLE] || undefined);
  const path = named ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined);
  const inputs: ConfigInputs = { flags, env: process.env };
  return loadConfig(path === undefined ? inputs : { ...inputs, file: { path, text: read(path) } });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new TuberError("config-invalid", `Cannot read ${path}; check the path given with --config.`, { cause });
  }
}
