/** One line of a Dockerfile, continuations joined and comments gone. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

export interface Stage {
  /** What later stages call it; undefined for one without a name. */
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

export interface Copy {
  /** The stage it takes from; undefined: the build's context. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

/** The stages of a Dockerfile, in order. Reads what ours uses of the language, and throws on the rest. */
export function readStages(text: string): Stage[] {
  const stages: { name: string | undefined; instructions: Instruction[] }[] = [];
  for (const instruction of readInstructions(text)) {
    if (instruction.name === "ARG" && stages.length === 0) continue;
    if (instruction.name === "FROM") {
      stages.push({ name: / AS (\S+)$/i.exec(instruction.text)?.[1], instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`${instruction.name} stands before the first FROM`);
    stage.instructions.push(instruction);
  }
  return stages;
}

function readInstructions(text: string): Instruction[] {
  const lines = text.split("\n").filter((line) => !/^\s*#/.test(line) && line.trim() !== "");
  return lines
    .join("\n")
    .replace(/\\\n\s*/g, "")
    .split("\n")
    .map((line) => {
      const [, name, rest] = /^([A-Z]+)\s+(.+)$/.exec(line.trim()) ?? [];
      if (name === undefined || rest === undefined) throw new Error(`this is no instruction: ${line}`);
      return { name, text: rest };
    });
}

export function readCopy({ text }: Instruction): Copy {
  const words = text.split(/\s+/);
  const from = words[0]?.startsWith("--from=") ? words.shift()?.slice("--from=".length) : undefined;
  if (words.some((word) => word.startsWith("--"))) throw new Error(`an option of COPY that is not understood: ${text}`);
  const target = words.pop();
  if (target === undefined || words.length === 0) throw new Error(`COPY needs a source and a target: ${text}`);
  return { from, sources: words, target };
}

/** The words of a JSON form: `CMD ["node", "x.js"]`. */
export function readWords({ text }: Instruction): string[] {
  return JSON.parse(text.slice(text.indexOf("[")));
}

/** Which paths a .dockerignore keeps out of the build. */
export function readIgnored(text: string): (path: string) => boolean {
  const patterns = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const matchers = patterns.map((pattern) => {
    const source = pattern
      .split("/")
      .map((part) =>
        part === "**" ? "(?:.*/)?" : `${part.replace(/[.+?^$()|[\]{}]/g, "\\$&").replace(/\*/g, "[^/]*")}/`,
      );
    return new RegExp(`^${source.join("")}`);
  });
  return (path) => matchers.some((matcher) => matcher.test(`${path}/`));
}
