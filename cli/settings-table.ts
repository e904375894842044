import { keyOf, OPTION_NAMES, OPTIONS } from "../node/config-options.ts";

/** The settings as a Markdown table, for the documents. */
export function settingsTable(): string {
  const rows = OPTION_NAMES.map((name) => {
    const { value, fallback, help } = OPTIONS[name];
    const flag = `--${keyOf(name)} ${value}`.replaceAll("|", "\\|");
    return `| \`${flag}\` | ${fallback === undefined ? "–" : `\`${fallback}\``} | ${help} |`;
  });
  return ["| flag | default | meaning |", "|---|---|---|", ...rows].join("\n");
}
