/** Typing errors further away than this are other words. */
const MAX_EDITS = 2;

/** The known word somebody probably meant, or undefined. `udpport`, `UDP_PORT` and `upd-port` all mean `udp-port`. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const plain = simplify(word);
  const ranked = known
    .map((candidate) => ({ candidate, edits: editsBetween(plain, simplify(candidate)) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  if (best && best.edits <= Math.min(MAX_EDITS, plain.length / 2)) return best.candidate;
  return plain.length < 3 ? undefined : known.find((candidate) => simplify(candidate).startsWith(plain));
}

function simplify(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editsBetween(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          (above[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (above[j - 1] ?? 0) + (isSame ? 0 : 1),
          isSwap ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}
