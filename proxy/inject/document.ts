import type { Answer } from "../exchange.ts";
import type { HeaderList } from "../header-list.ts";

/** What kind of markup an answer holds that we can put a tag into. */
export type Markup = "html" | "xhtml";

/**
 * The markup of a document that may get our tag, or undefined: bodiless and partial answers, redirects, downloads, other types, charsets
 * in which bytes are not ASCII characters.
 */
export function markupOf(answer: Pick<Answer, "status" | "headers">): Markup | undefined {
  if (!mayCarryDocument(answer.status)) return undefined;
  const disposition = answer.headers.get("content-disposition")?.trim();
  // Browsers save whatever is not inline, unknown kinds included.
  if (disposition && !/^inline\b/i.test(disposition)) return undefined;
  return markupOfType(answer.headers.get("content-type") ?? "");
}

function mayCarryDocument(status: number): boolean {
  return status >= 200 && status !== 204 && status !== 205 && status !== 206 && (status < 300 || status >= 400);
}

function markupOfType(contentType: string): Markup | undefined {
  const type = contentType.split(";")[0]?.trim().toLowerCase();
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? "utf-8";
  if (NOT_ASCII.test(charset)) return undefined;
  if (type === "text/html") return "html";
  return type === "application/xhtml+xml" ? "xhtml" : undefined;
}

/** Labels of UTF-16, UTF-32, UTF-7, the ISO-2022 family and HZ: in these the bytes of `<` and `>` may be parts of other characters. */
const NOT_ASCII =
  /^(x-)?(utf-?(16|32|7)|ucs-?[24]|unicode|csunicode|iso-?10646|iso-?2022|csiso-?2022|hz-gb|cs?utf(16|32|7)|replacement)/i;

/** Whether Cache-Control forbids transformations: the directive, not the word inside another one or a quoted string. */
export function forbidsTransform(headers: HeaderList): boolean {
  const directives = (headers.get("cache-control") ?? "").replace(/"(?:[^"\\]|\\.)*"?/g, '""').split(",");
  return directives.some((directive) => /^no-transform$/i.test(directive.split("=")[0]?.trim() ?? ""));
}
