/** A header block as it stood on the wire: case, order and duplicates kept. Names compare without case. */
export class HeaderList {
  readonly #entries: [name: string, value: string][];

  constructor(entries: Iterable<readonly [string, string]> = []) {
    this.#entries = Array.from(entries, ([name, value]) => [name, value]);
  }

  /** From Node's `rawHeaders`: name, value, name, value … */
  static fromRaw(raw: readonly string[]): HeaderList {
    const list = new HeaderList();
    for (let i = 0; i + 1 < raw.length; i += 2) list.append(raw[i] ?? "", raw[i + 1] ?? "");
    return list;
  }

  /** For Node's `writeHead` and `request`: name, value, name, value … */
  toRaw(): string[] {
    return this.#entries.flat();
  }

  entries(): readonly (readonly [string, string])[] {
    return this.#entries;
  }

  /** All lines of this name joined by ", ", or undefined if there is none. */
  get(name: string): string | undefined {
    const values = this.getAll(name);
    return values.length === 0 ? undefined : values.join(", ");
  }

  getAll(name: string): string[] {
    const key = name.toLowerCase();
    return this.#entries.filter(([other]) => other.toLowerCase() === key).map(([, value]) => value);
  }

  has(name: string): boolean {
    return this.getAll(name).length > 0;
  }

  append(name: string, value: string): void {
    this.#entries.push([name, value]);
  }

  /** Replaces all lines of this name by one, at the place of the first. */
  set(name: string, value: string): void {
    const key = name.toLowerCase();
    const at = this.#entries.findIndex(([other]) => other.toLowerCase() === key);
    if (at < 0) {
      this.append(name, value);
      return;
    }
    const original = this.#entries[at]?.[0] ?? name;
    this.delete(name);
    this.#entries.splice(at, 0, [original, value]);
  }

  delete(...names: string[]): void {
    const keys = new Set(names.map((name) => name.toLowerCase()));
    const kept = this.#entries.filter(([name]) => !keys.has(name.toLowerCase()));
    this.#entries.splice(0, this.#entries.length, ...kept);
  }
}
