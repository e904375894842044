import { parseArgs } from "node:util";
import { keyOf, OPTION_NAMES, OPTIONS, type OptionName, optionOfKey } from "../node/config-options.ts";
import type { RawValue, RawValues } from "../node/config-raw.ts";
import { suggest } from "../node/config-suggest.ts";
import { TuberError } from "../node/error.ts";
import { VERB_NAMES, type Verb } from "./verbs.ts";

/** A command line understood. */
export type Command =
  | { readonly type: "version" }
  | { readonly type: "help"; readonly verb: Verb | undefined }
  | { readonly type: "run"; readonly verb: Verb; readonly flags: RawValues; readonly configPath: string | undefined };

/** Flags that are no settings. */
const CONTROL_FLAGS = { help: "boolean", version: "boolean", config: "string" } as const;

type Given = { readonly flags: Partial<Record<OptionName, RawValue>>; readonly control: Map<string, string> };

/** Understands the words after the program's name, or throws `config-invalid`. */
export function parseCommand(argv: readonly string[]): Command {
  const { tokens } = parseArgs({ args: [...argv], options: flagTypes(), strict: false, tokens: true });
  const words = tokens.flatMap((token) => (token.kind === "positional" ? [token.value] : []));
  const given: Given = { flags: {}, control: new Map() };
  for (const token of tokens) if (token.kind === "option") take(token, given);
  if (given.control.has("version")) return { type: "version" };
  const verb = verbOf(words);
  if (given.control.has("help") || words[0] === "help") return { type: "help", verb };
  return { type: "run", verb: verb ?? "proxy", flags: given.flags, configPath: given.control.get("config") };
}

function flagTypes() {
  const settings = OPTION_NAMES.map((name) => [keyOf(name), { type: "string" as const }]);
  const control = Object.entries(CONTROL_FLAGS).map(([name, type]) => [name, { type }]);
  return { ...Object.fromEntries([...settings, ...control]), help: { type: "boolean" as const, short: "h" } };
}

interface FlagToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function take(token: FlagToken, given: Given): void {
  const name = optionOfKey(token.name);
  if (name !== undefined) {
    const before = given.flags[name];
    if (before !== undefined && !OPTIONS[name].isList) throw usage(`${token.rawName} is given twice; say it once.`);
    given.flags[name] = before === undefined ? textOf(token) : [before, textOf(token)].flat();
    return;
  }
  if (!(token.name in CONTROL_FLAGS)) throw unknownFlag(token.rawName);
  given.control.set(token.name, token.name === "config" ? textOf(token) : "yes");
}

function textOf(token: FlagToken): string {
  const isNextFlag = token.value?.startsWith("--") === true && token.inlineValue !== true;
  if (token.value !== undefined && token.value !== "" && !isNextFlag) return token.value;
  const name = optionOfKey(token.name);
  throw usage(`${token.rawName} needs a value; try ${token.rawName} ${name ? OPTIONS[name].example : "tuber.yaml"}.`);
}

function verbOf(words: readonly string[]): Verb | undefined {
  const [word, extra] = words[0] === "help" ? words.slice(1) : words;
  const verb = VERB_NAMES.find((name) => name === word);
  if (word !== undefined && verb === undefined) throw unknownVerb(word);
  if (extra !== undefined) throw usage(`"${extra}" is one word too many; flags start with --, see tuber --help.`);
  return verb;
}

function unknownVerb(word: string): TuberError {
  if (/^https?:\/\/|^[\w.-]+:\d+$/.test(word)) {
    const url = word.includes("://") ? word : `http://${word}`;
    return usage(`"${word}" looks like a site; try tuber --upstream ${url}.`);
  }
  const meant = suggest(word, VERB_NAMES);
  return usage(
    `There is no "tuber ${word}"; ${meant ? `did you mean "tuber ${meant}"?` : "tuber --help lists what there is."}`,
  );
}

function unknownFlag(rawName: string): TuberError {
  const known = [...OPTION_NAMES.map(keyOf), ...Object.keys(CONTROL_FLAGS)];
  const meant = suggest(rawName, known);
  return usage(`Unknown flag ${rawName}; ${meant ? `did you mean --${meant}?` : "tuber --help lists all flags."}`);
}

function usage(message: string): TuberError {
  return new TuberError("config-invalid", message);
}
