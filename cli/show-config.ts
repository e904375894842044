import { stringify } from "yaml";
import type { LoadedConfig } from "../node/config.ts";
import { type Config, keyOf, OPTION_NAMES, type OptionName } from "../node/config-options.ts";

/** Every setting with its value and source, as lines of YAML. */
export function showConfig({ config, sources }: LoadedConfig): string {
  const lines = OPTION_NAMES.map((name) => `${keyOf(name)}: ${show(name, config)}  # ${sources[name]}`);
  return `${lines.join("\n")}\n`;
}

function show(name: OptionName, config: Config): string {
  const value = config[name];
  if (value === undefined) return "~";
  if (value instanceof URL) return value.origin;
  if (Array.isArray(value)) return value.length === 0 ? "none" : `[${value.join(", ")}]`;
  if (typeof value === "object" && "port" in value) return endpointText(value.host, value.port);
  return withUnit(name, stringify(value).trim());
}

function endpointText(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function withUnit(name: OptionName, text: string): string {
  if (/Timeout$|Time$/.test(name)) return `${text}ms`;
  if (/Uplink$/i.test(name)) return `${Number(text) / 1_000}kbit`;
  return /Size$|Memory$/.test(name) ? `${text}B` : text;
}
