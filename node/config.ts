import * as v from "valibot";
import { readEnvironment } from "./config-env.ts";
import { parseConfigFile } from "./config-file.ts";
import { type Config, keyOf, OPTION_NAMES, OPTIONS, type OptionName, variableOf } from "./config-options.ts";
import type { RawValue, RawValues } from "./config-raw.ts";
import { TuberError } from "./error.ts";

/** Where the value of a setting came from. */
export type ValueSource = "flag" | "variable" | "file" | "default";

export interface ConfigInputs {
  /** From the command line. */
  readonly flags: RawValues;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path and text of the configuration file, if there is one. */
  readonly file?: { readonly path: string; readonly text: string };
}

export interface LoadedConfig {
  readonly config: Config;
  readonly sources: Readonly<Record<OptionName, ValueSource>>;
}

interface Found {
  readonly raw: RawValue | undefined;
  readonly source: ValueSource;
  /** What a person wrote to set it. */
  readonly wording: string;
}

/** Settings from flags, then `TUBER_*` variables, then the file, then defaults. Throws `config-invalid` with a sentence that says what to try. */
export function loadConfig(inputs: ConfigInputs): LoadedConfig {
  const env = readEnvironment(inputs.env);
  const file = inputs.file ? parseConfigFile(inputs.file.text, inputs.file.path) : {};
  const found = OPTION_NAMES.map((name) => [name, find(name, inputs.flags, env, file, inputs.file?.path)] as const);
  // Each name was read by its own schema just above, which is what the type says.
  const config = Object.fromEntries(found.map(([name, value]) => [name, parse(name, value)])) as Config;
  refuseContradictions(config);
  const sources = Object.fromEntries(found.map(([name, { source }]) => [name, source])) as LoadedConfig["sources"];
  return { config, sources };
}

function find(name: OptionName, flags: RawValues, env: RawValues, file: RawValues, path = "the file"): Found {
  const candidates: Found[] = [
    { raw: flags[name], source: "flag", wording: `--${keyOf(name)}` },
    { raw: env[name], source: "variable", wording: variableOf(name) },
    { raw: file[name], source: "file", wording: `${keyOf(name)} in ${path}` },
  ];
  const fallback: Found = { raw: OPTIONS[name].fallback, source: "default", wording: keyOf(name) };
  return candidates.find(({ raw }) => raw !== undefined) ?? fallback;
}

function parse(name: OptionName, { raw, wording }: Found): unknown {
  if (raw === undefined) return undefined;
  const { schema, example } = OPTIONS[name];
  const result = v.safeParse(schema, raw);
  if (result.success) return result.output;
  const written = [raw].flat().join(" ");
  throw new TuberError(
    "config-invalid",
    `${wording}: "${written}" is ${result.issues[0].message}; ${hint(name, written, example)}`,
  );
}

function hint(name: OptionName, written: string, example: string): string {
  const withScheme = `http://${written}`;
  const isSchemeMissing = example.startsWith("http") && v.safeParse(OPTIONS[name].schema, withScheme).success;
  return `try ${isSchemeMissing ? withScheme : example}.`;
}

function refuseContradictions({ listen, admin }: Config): void {
  if (listen.port !== 0 && listen.port === admin.port) {
    throw new TuberError(
      "config-invalid",
      `--listen and --admin both want port ${listen.port}; give one of them another, such as --admin 127.0.0.1:${listen.port + 1}.`,
    );
  }
}
