import { init, parse } from "es-module-lexer";
import { LOADER_POLICY } from "../inject/tag.ts";
import { isStrict } from "./prologue.ts";

export interface PrefixOptions {
  /** URL path of the script to load first. */
  readonly corePath: string;
  /** Whether the worker's policies demand Trusted Types. */
  readonly trustedTypes: boolean;
}

/**
 * The app's service worker with one statement on its first line that loads our core before anything else runs; undefined if it is neither a
 * script nor a module that we can read. Line numbers stay. A core that does not load does not keep a classic worker from working.
 */
export async function withPrefix(script: Buffer, options: PrefixOptions): Promise<Buffer | undefined> {
  await init();
  const bodyAt = script[0] === 0xef && script[1] === 0xbb && script[2] === 0xbf ? 3 : 0;
  const source = script.toString("utf8", bodyAt);
  const prefix = prefixFor(source, options);
  if (prefix === undefined) return undefined;
  return Buffer.concat([script.subarray(0, bodyAt), Buffer.from(prefix), script.subarray(bodyAt)]);
}

function prefixFor(source: string, { corePath, trustedTypes }: PrefixOptions): string | undefined {
  // An interpreter line is one only on the very first characters.
  if (source.startsWith("#!")) return undefined;
  const kind = kindOf(source);
  if (kind === undefined) return undefined;
  const url = JSON.stringify(corePath);
  if (kind === "module") return `import ${url};`;
  const strict = isStrict(source) ? '"use strict";' : "";
  return `${strict}try{importScripts(${trustedTypes ? trusted(url) : url})}catch{}`;
}

function kindOf(source: string): "module" | "classic" | undefined {
  try {
    const [, , , hasModuleSyntax] = parse(source);
    return hasModuleSyntax ? "module" : "classic";
  } catch {
    return undefined;
  }
}

function trusted(url: string): string {
  return `trustedTypes.createPolicy("${LOADER_POLICY}",{createScriptURL(u){return u}}).createScriptURL(${url})`;
}
