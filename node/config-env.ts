import { OPTION_NAMES, type OptionName, variableOf } from "./config-options.ts";
import type { RawValues } from "./config-raw.ts";
import { suggest } from "./config-suggest.ts";
import { TuberError } from "./error.ts";

/** Names the configuration file. */
export const CONFIG_VARIABLE = "TUBER_CONFIG";

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings in `TUBER_*` variables; an empty one counts as not there, an unknown one throws `config-invalid`. */
export function readEnvironment(env: Environment): RawValues {
  const values: Partial<Record<OptionName, string>> = {};
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith("TUBER_") || variable === CONFIG_VARIABLE || isServiceLink(variable, env)) continue;
    const name = optionOfVariable(variable);
    if (value !== undefined && value !== "") values[name] = value;
  }
  return values;
}

function optionOfVariable(variable: string): OptionName {
  const name = OPTION_NAMES.find((candidate) => variableOf(candidate) === variable);
  if (name !== undefined) return name;
  const meant = suggest(variable, OPTION_NAMES.map(variableOf));
  const hint = meant ? `did you mean ${meant}?` : "tuber --help lists all settings.";
  throw new TuberError("config-invalid", `The environment has an unknown variable ${variable}; ${hint}`);
}

/** Kubernetes gives every pod such variables for a service named "tuber". */
function isServiceLink(variable: string, env: Environment): boolean {
  return env.TUBER_SERVICE_HOST !== undefined && /^TUBER_(SERVICE_|PORT(_|$))/.test(variable);
}
