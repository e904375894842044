import { createHash } from "node:crypto";
import type { Markup } from "./document.ts";

/** Whatever precedes `<meta charset>` must leave it within the document's first 1024 bytes, so the plain tag stays below 90. */
export interface TagOptions {
  readonly scriptPath: string;
  readonly markup: Markup;
  /** The page's own nonce, checked to be one. */
  readonly nonce?: string | undefined;
}

/** The element that loads our script before any other script of the page runs. */
export function scriptTag({ scriptPath, markup, nonce }: TagOptions): string {
  const attributes = nonce === undefined ? "" : ` nonce="${nonce}"`;
  return `<script src="${scriptPath}"${attributes}${namespace(markup)}></script>`;
}

/** An inline script that loads ours, for policies that trust only what a trusted script adds. Longer: only where nothing else works. */
export interface Loader {
  readonly tag: string;
  /** Its CSP source: `'sha256-…'`. */
  readonly source: string;
}

/** The policy name the loader takes where the page demands Trusted Types. */
export const LOADER_POLICY = "tuber-loader";

/** The loader for this script. `trustedTypes` says whether the page demands them. */
export function inlineLoader(scriptPath: string, markup: Markup, trustedTypes: boolean): Loader {
  const url = JSON.stringify(scriptPath);
  const trusted = `trustedTypes.createPolicy("${LOADER_POLICY}",{createScriptURL(u){return u}}).createScriptURL(${url})`;
  const code = `{let s=document.createElement("script");s.src=${trustedTypes ? trusted : url};document.head.append(s)}`;
  const hash = createHash("sha256").update(code).digest("base64");
  return { tag: `<script${namespace(markup)}>${code}</script>`, source: `'sha256-${hash}'` };
}

// In XML an element without a namespace is no script, and a prefixed root declares no default one.
function namespace(markup: Markup): string {
  return markup === "xhtml" ? ' xmlns="http://www.w3.org/1999/xhtml"' : "";
}
