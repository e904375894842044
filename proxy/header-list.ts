type Entry = readonly [name: string, value: string];

/**
 * A header block as it stood on the wire: case, order and duplicates kept. Names compare without case.
 * Every request goes through a few of these, so the loops are plain.
 */
export class HeaderList {
  #entries: Entry[];

  constructor(entries: Iterable<Entry> = []) {
    this.#entries = [...entries];
  }

  /** From Node's `rawHeaders`: name, value, name, value … */
  static fromRaw(raw: readonly string[]): HeaderList {
    const list = new HeaderList();
    for (let i = 0; i + 1 < raw.length; i += 2) list.append(raw[i] ?? "", raw[i + 1] ?? "");
    return list;
  }

  /** For Node's `writeHead` and `request`: name, value, name, value … */
  toRaw(): string[] {
    const raw: string[] = [];
    for (const [name, value] of this.#entries) raw.push(name, value);
    return raw;
  }

  entries(): readonly Entry[] {
    return this.#entries;
  }

  /** All lines of this name joined by ", ", or undefined if there is none. */
  get(name: string): string | undefined {
    const key = name.toLowerCase();
    let joined: string | undefined;
    for (const entry of this.#entries) {
      if (isNamed(entry, key)) joined = joined === undefined ? entry[1] : `${joined}, ${entry[1]}`;
    }
    return joined;
  }

  getAll(name: string): string[] {
    const key = name.toLowerCase();
    return this.#entries.filter((entry) => isNamed(entry, key)).map(([, value]) => value);
  }

  has(name: string): boolean {
    const key = name.toLowerCase();
    return this.#entries.some((entry) => isNamed(entry, key));
  }

  append(name: string, value: string): void {
    this.#entries.push([name, value]);
  }

  /** Replaces all lines of this name by one, at the place of the first. */
  set(name: string, value: string): void {
    const key = name.toLowerCase();
    const at = this.#entries.findIndex((entry) => isNamed(entry, key));
    if (at < 0) return this.append(name, value);
    const original = this.#entries[at]?.[0] ?? name;
    this.delete(name);
    this.#entries.splice(at, 0, [original, value]);
  }

  delete(...names: string[]): void {
    for (const name of names) {
      const key = name.toLowerCase();
      if (this.#entries.some((entry) => isNamed(entry, key))) {
        this.#entries = this.#entries.filter((entry) => !isNamed(entry, key));
      }
    }
  }
}

/** `key` is in lower case. Most names differ in length, which costs nothing to see. */
function isNamed([name]: Entry, key: string): boolean {
  return name.length === key.length && name.toLowerCase() === key;
}
