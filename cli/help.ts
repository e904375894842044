import { keyOf, OPTION_NAMES, OPTIONS, type OptionName } from "../node/config-options.ts";
import { VERB_NAMES, VERBS, type Verb } from "./verbs.ts";

/** Right edge of the column of flags, and of the text beside it. */
const FLAG_COLUMNS = 30;
const LINE_COLUMNS = 100;

/** What `tuber --help` or `tuber VERB --help` prints. */
export function helpText(verb: Verb | undefined): string {
  const intro = verb === undefined ? generalIntro() : verbIntro(verb);
  return `${[...intro, "", "Settings (flag, or TUBER_… variable, or key in tuber.yaml; the first of these wins):", ...settingLines()].join("\n")}\n`;
}

function generalIntro(): string[] {
  return [
    "Tuber puts a peer-to-peer CDN in front of any web site without touching it.",
    "",
    "  tuber --upstream http://localhost:8096    serve that site on port 8080",
    "  tuber demo                                 see it work on a sample site",
    "",
    "Commands:",
    ...VERB_NAMES.flatMap((name) => row(`  ${name}`, VERBS[name].summary)),
  ];
}

function verbIntro(verb: Verb): string[] {
  const upstream = verb === "proxy" || verb === "uninstall-sw" ? " --upstream URL" : "";
  return [`tuber ${verb}${upstream} [settings]`, "", `${VERBS[verb].summary}.`];
}

function settingLines(): string[] {
  return [
    ...OPTION_NAMES.flatMap((name) => row(`  --${keyOf(name)} ${OPTIONS[name].value}`, describe(name))),
    ...row("  --config FILE", "The configuration file (default: tuber.yaml, if it is there)"),
    ...row("  --help, -h", "This text; tuber VERB --help for one command"),
    ...row("  --version", "The version"),
  ];
}

function describe(name: OptionName): string {
  const { help, fallback } = OPTIONS[name];
  return fallback === undefined ? help : `${help} (default: ${fallback})`;
}

/** A label with its text beside it, wrapped; below it if the label is too long. */
function row(label: string, text: string): string[] {
  const lines = wrap(text, LINE_COLUMNS - FLAG_COLUMNS);
  const isLong = label.length >= FLAG_COLUMNS - 1;
  const first = isLong ? label : label.padEnd(FLAG_COLUMNS) + (lines.shift() ?? "");
  return [first, ...lines.map((line) => " ".repeat(FLAG_COLUMNS) + line)];
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
