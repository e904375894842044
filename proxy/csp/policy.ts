/** One directive of a policy: its name in lower case and its values as they stand. */
export interface Directive {
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * One Content Security Policy as text that can be mended in place: what nobody touches stays byte for byte. Of directives with one name the
 * first counts, as in browsers.
 */
export class Policy {
  readonly #parts: string[];

  constructor(text: string) {
    this.#parts = text.split(";");
  }

  toString(): string {
    return this.#parts.join(";");
  }

  /** The values of a directive, or undefined if the policy has none of that name. */
  values(name: string): readonly string[] | undefined {
    const at = this.#indexOf(name);
    return at < 0 ? undefined : parsePart(this.#parts[at] ?? "").values;
  }

  /** The first of these directives that the policy has, as browsers fall back from one to the next. */
  effective(...names: string[]): Directive | undefined {
    for (const name of names) {
      const values = this.values(name);
      if (values !== undefined) return { name, values };
    }
    return undefined;
  }

  /** Adds a value to a directive that exists; a lone 'none' gives way to it. */
  append(name: string, value: string): void {
    const at = this.#indexOf(name);
    if (at < 0) return;
    const part = this.#parts[at] ?? "";
    const isNone = parsePart(part).values.every((old) => old.toLowerCase() === "'none'");
    this.#parts[at] = isNone
      ? `${part.slice(0, part.search(/\S/))}${part.trim().split(SPACE)[0]} ${value}`
      : `${part.trimEnd()} ${value}`;
  }

  /** Adds a directive that the policy does not have. */
  add(name: string, values: readonly string[]): void {
    const isOpen = (this.#parts.at(-1) ?? "").trim() === "";
    if (isOpen && this.#parts.length > 1) this.#parts.pop();
    this.#parts.push(` ${[name, ...values].join(" ")}`);
  }

  #indexOf(name: string): number {
    return this.#parts.findIndex((part) => parsePart(part).name === name);
  }
}

const SPACE = /[\t\n\f\r ]+/;

function parsePart(part: string): Directive {
  const [name = "", ...values] = part.trim().split(SPACE);
  return { name: name.toLowerCase(), values };
}

/** The policies of one header line, which may hold several, or undefined if it holds characters no policy has. */
export function parsePolicies(value: string): Policy[] | undefined {
  if (!/^[\t\x20-\x7e]*$/.test(value)) return undefined;
  return value.split(",").map((text) => new Policy(text));
}
