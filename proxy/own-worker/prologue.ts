const TRIVIA = /(?:[\s\ufeff]|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y;
const STRING = /"(?:[^"\\\n\r]|\\[\s\S])*"|'(?:[^'\\\n\r]|\\[\s\S])*'/y;
/** What may follow a directive on a later line: anything that does not continue the expression. */
const NEW_STATEMENT = /(?!in\b|instanceof\b)[\p{ID_Start}$_\\"'{}@#\d]/uy;

/** Whether a classic script's leading directives (strings that are statements of their own) include "use strict". */
export function isStrict(source: string): boolean {
  let at = 0;
  for (;;) {
    const start = at + match(TRIVIA, source, at).length;
    const literal = match(STRING, source, start);
    if (literal === "") return false;
    const next = endOfDirective(source, start + literal.length);
    if (next === undefined) return false;
    if (/^.use strict.$/.test(literal)) return true;
    at = next;
  }
}

/** Where the next statement begins if a directive ends at `at`, or undefined if the expression goes on. */
function endOfDirective(source: string, at: number): number | undefined {
  const gap = match(TRIVIA, source, at);
  const next = at + gap.length;
  if (next >= source.length) return next;
  if (source[next] === ";") return next + 1;
  const isNextLine = /[\n\r\u2028\u2029]/.test(gap);
  return isNextLine && match(NEW_STATEMENT, source, next) !== "" ? next : undefined;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
