import type { HeaderList } from "../header-list.ts";

/**
 * Validators of changed bodies. A body that we changed must never be confirmed by a validator of the app's own body, nor the other way
 * round, so changed bodies carry a validator of ours that holds the app's: `W/"<base64url of the app's ETag>.<mark>"`, or
 * `W/"lm.<base64url of its Last-Modified>.<mark>"`. The mark changes with what we put in.
 */
export class Validators {
  readonly #mark: string;
  /** Our validators, of whatever version. */
  readonly #ours: RegExp;

  /** `family` names the kind of change (letters only), `version` what was put in (letters and digits). */
  constructor(family: string, version: string) {
    this.#mark = `.${family}-${version}`;
    this.#ours = new RegExp(`^W/"(lm\\.)?[\\w-]+\\.${family}-[0-9A-Za-z]+"$`);
  }

  /** Our validator for a body that the app answered with these headers, or undefined if it gave none. An empty ETag counts as none. */
  tagFor(headers: HeaderList): string | undefined {
    const etag = headers.get("etag")?.trim();
    if (etag) return `W/"${encode(etag)}${this.#mark}"`;
    const modified = headers.get("last-modified")?.trim();
    return modified ? `W/"lm.${encode(modified)}${this.#mark}"` : undefined;
  }

  /**
   * Makes a request for the changed body one that the app understands: our current validators become the app's, every other one is
   * dropped (with If-Modified-Since), so that older copies are fetched anew. Returns the tags of ours that the client holds.
   */
  toApp(headers: HeaderList): string[] {
    const current = this.#tagsOf(headers).filter((tag) => this.#original(tag) !== undefined);
    const originals = current.map((tag) => this.#original(tag) ?? "");
    const dates = originals.filter((original) => original.startsWith("lm."));
    const etags = originals.filter((original) => !original.startsWith("lm."));
    headers.delete("if-none-match", "if-modified-since");
    if (etags.length > 0) headers.append("If-None-Match", etags.map(decode).join(", "));
    else if (dates[0] !== undefined) headers.append("If-Modified-Since", decode(dates[0].slice(3)));
    return current;
  }

  /** Whether the request names a validator of ours, of whatever version. */
  knows(headers: HeaderList): boolean {
    return this.#tagsOf(headers).some((tag) => this.#ours.test(tag));
  }

  /** For requests that want the app's own body: a copy of the changed one confirms nothing. Foreign validators stay. */
  forget(headers: HeaderList): void {
    this.forgetRange(headers);
    if (!this.knows(headers)) return;
    const foreign = this.#tagsOf(headers).filter((tag) => !this.#ours.test(tag));
    headers.delete("if-modified-since");
    if (foreign.length === 0) headers.delete("if-none-match");
    else headers.set("If-None-Match", foreign.join(", "));
  }

  /** The app knows no ranges of changed bodies. */
  forgetRange(headers: HeaderList): void {
    if (this.#ours.test(headers.get("if-range")?.trim() ?? "")) headers.delete("if-range", "range");
  }

  #tagsOf(headers: HeaderList): string[] {
    return headers.get("if-none-match")?.match(/(?:W\/)?"[^"]*"/g) ?? [];
  }

  /** The encoded part of a tag of the current version. */
  #original(tag: string): string | undefined {
    const end = `${this.#mark}"`;
    return tag.startsWith('W/"') && tag.endsWith(end) ? tag.slice(3, -end.length) : undefined;
  }
}

/** Headers that describe the app's bytes and not ours. The validator, if any, is the changed body's. */
export function describeChangedBody(headers: HeaderList, validator: string | undefined): void {
  headers.delete("last-modified", "content-md5", "digest", "content-digest", "repr-digest", "content-length");
  if (validator === undefined) headers.delete("etag");
  else headers.set("ETag", validator);
}

/** Adds names to Vary, unless they are there or it says `*`. */
export function addVary(headers: HeaderList, ...names: string[]): void {
  const listed = (headers.get("vary") ?? "").split(",").map((name) => name.trim().toLowerCase());
  const missing = names.filter((name) => !listed.includes(name.toLowerCase()));
  if (missing.length > 0 && !listed.includes("*")) headers.append("Vary", missing.join(", "));
}

// Header values are Latin-1 text, one character a byte.
function encode(value: string): string {
  return Buffer.from(value, "latin1").toString("base64url");
}

function decode(encoded: string): string {
  return Buffer.from(encoded, "base64url").toString("latin1");
}
