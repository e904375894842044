import { parseDocument } from "yaml";
import { keyOf, OPTION_NAMES, type OptionName, optionOfKey } from "./config-options.ts";
import type { RawValue, RawValues } from "./config-raw.ts";
import { suggest } from "./config-suggest.ts";
import { TuberError } from "./error.ts";

/** The settings in the text of a configuration file; throws `config-invalid` for anything that is not a known key with a value. `path` is named in errors. */
export function parseConfigFile(text: string, path: string): RawValues {
  const document = parseDocument(text, { uniqueKeys: true });
  const [problem] = document.errors;
  if (problem) throw invalid(`${path} is not valid YAML: ${problem.message.split("\n")[0]}`);
  const content: unknown = document.toJS() ?? {};
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw invalid(`${path} must hold lines such as "upstream: http://localhost:8096"; see tuber.sample.yaml.`);
  }
  const values: Partial<Record<OptionName, RawValue>> = {};
  for (const [key, value] of Object.entries(content)) values[optionNamed(key, path)] = rawValue(key, value, path);
  return values;
}

function optionNamed(key: string, path: string): OptionName {
  const name = optionOfKey(key);
  if (name !== undefined) return name;
  const meant = suggest(key, OPTION_NAMES.map(keyOf));
  throw invalid(
    `${path} has an unknown key "${key}"; ${meant ? `did you mean "${meant}"?` : "see tuber.sample.yaml."}`,
  );
}

function rawValue(key: string, value: unknown, path: string): RawValue {
  if (isScalar(value)) return String(value);
  if (Array.isArray(value) && value.every(isScalar)) return value.map(String);
  const example = "leave the line out for the default";
  throw invalid(`${key} in ${path} has no usable value; ${example}.`);
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function invalid(message: string): TuberError {
  return new TuberError("config-invalid", message);
}
