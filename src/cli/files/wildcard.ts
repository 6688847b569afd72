/**
 * Names of files against *, ?, [abc], [a-z] and [!abc]. Two pointers, and of all stars only the last one is tried again: time is
 * at most pattern × name, whatever both hold. A regular expression of the same meaning can take exponential time.
 */

/** What one character may be. */
type Matcher = (character: string) => boolean;
type Token = Matcher | "*";

/** Whether whole names match; the pattern is read once. */
export function wildcard(pattern: string): (name: string) => boolean {
  const tokens = tokensOf(Array.from(pattern));
  return (name) => matches(tokens, Array.from(name));
}

function matches(tokens: readonly Token[], name: readonly string[]): boolean {
  let [t, n] = [0, 0];
  /** Behind the last star, and the first character that it has not swallowed yet. */
  let [behind, swallowed] = [-1, 0];
  while (n < name.length) {
    const token = tokens[t];
    if (token === "*") [behind, swallowed] = [++t, n];
    else if (token?.(name[n]!)) [t, n] = [t + 1, n + 1];
    else if (behind < 0) return false;
    else [t, n] = [behind, ++swallowed];
  }
  return tokens.slice(t).every((token) => token === "*");
}

function tokensOf(pattern: readonly string[]): Token[] {
  const tokens: Token[] = [];
  const lastEnd = pattern.lastIndexOf("]");
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    const end = character === "[" && i < lastEnd ? endOfSet(pattern, i) : -1;
    if (end > 0) {
      tokens.push(setOf(pattern.slice(i + 1, end)));
      i = end;
    } else if (character !== "*") tokens.push(character === "?" ? () => true : (other) => other === character);
    else if (tokens.at(-1) !== "*") tokens.push("*");
  }
  return tokens;
}

const isNegation = (character: string | undefined): boolean => character === "!" || character === "^";

/** The place of the bracket that closes the set; one that comes first is a member. −1 for an open set, which is no set. */
function endOfSet(pattern: readonly string[], start: number): number {
  const first = start + (isNegation(pattern[start + 1]) ? 2 : 1);
  return pattern.indexOf("]", first + 1);
}

/** "a-z_" or "!0-9". Ranges that run backwards hold nothing. */
function setOf(inside: readonly string[]): Matcher {
  const negated = isNegation(inside[0]);
  const members = negated ? inside.slice(1) : inside;
  const ranges: (readonly [low: number, high: number])[] = [];
  for (let i = 0; i < members.length; i++) {
    const isRange = members[i + 1] === "-" && i + 2 < members.length;
    ranges.push([codeOf(members[i]!), codeOf(members[isRange ? i + 2 : i]!)]);
    if (isRange) i += 2;
  }
  return (character) => {
    const code = codeOf(character);
    return ranges.some(([low, high]) => low <= code && code <= high) !== negated;
  };
}

const codeOf = (character: string): number => character.codePointAt(0)!;
