/** "a{b,c}" → "ab", "ac", as shells do it; groups may hold groups. How many there will be is counted before any is made. */
import { GradCamError } from "../../errors.ts";

/** {a,b}{a,b}… doubles with every group: thirty of them would be a billion patterns. */
const MAX_EXPANSIONS = 1000;

/** A text, or alternatives, each of them a sequence. */
type Part = string | readonly Sequence[];

interface Sequence {
  readonly parts: readonly Part[];
  /** Of strings that it stands for. */
  readonly count: number;
}

/** A group that is being read: its finished alternatives, and the parts of the one that is being read. */
interface Open {
  readonly alternatives: Sequence[];
  parts: Part[];
}

/** All strings that the braces stand for. Throws E_OPTION for more than a thousand, and for more than a thousand braces. */
export function bracesExpanded(pattern: string): string[] {
  // What stands in groups that nothing closes is handed on from each to the next.
  const groups = pattern.split("{").length - 1;
  if (groups > MAX_EXPANSIONS) throw tooMany(pattern, `${groups} braces`);
  const sequence = parsed(pattern);
  if (sequence.count > MAX_EXPANSIONS) throw tooMany(pattern, String(sequence.count));
  return expanded(sequence);
}

const tooMany = (pattern: string, got: string): GradCamError =>
  new GradCamError("E_OPTION", {
    where: pattern,
    expected: `braces that stand for at most ${MAX_EXPANSIONS} patterns`,
    got,
    hint: "use *, or give several patterns",
  });

/** Braces without a comma between them, or without a partner, are characters like others. */
function parsed(pattern: string): Sequence {
  const open: Open[] = [{ alternatives: [], parts: [] }];
  for (const piece of pattern.split(/([{},])/)) {
    const group = open.at(-1)!;
    if (piece === "{") open.push({ alternatives: [], parts: [] });
    else if (piece === "," && open.length > 1) {
      group.alternatives.push(sequenceOf(group.parts));
      group.parts = [];
    } else if (piece === "}" && open.length > 1) {
      open.pop();
      append(open.at(-1)!, closed(group));
    } else append(group, [piece]);
  }
  while (open.length > 1) {
    const group = open.pop()!;
    append(open.at(-1)!, literal(group));
  }
  return sequenceOf(open[0]!.parts);
}

/** Texts one behind the other become one. */
function append(group: Open, parts: readonly Part[]): void {
  for (const part of parts) {
    const last = group.parts.at(-1);
    if (typeof part === "string" && typeof last === "string") group.parts[group.parts.length - 1] = last + part;
    else group.parts.push(part);
  }
}

function closed(group: Open): Part[] {
  if (group.alternatives.length === 0) return ["{", ...group.parts, "}"];
  return [[...group.alternatives, sequenceOf(group.parts)]];
}

/** A group that nothing closes. */
const literal = ({ alternatives, parts }: Open): Part[] => [
  "{",
  ...alternatives.flatMap((alternative) => [...alternative.parts, ","]),
  ...parts,
];

const sequenceOf = (parts: readonly Part[]): Sequence => ({
  parts,
  count: parts.reduce((product, part) => product * (typeof part === "string" ? 1 : sumOf(part)), 1),
});

const sumOf = (alternatives: readonly Sequence[]): number => alternatives.reduce((sum, { count }) => sum + count, 0);

function expanded({ parts }: Sequence): string[] {
  let texts = [""];
  for (const part of parts) {
    const endings = typeof part === "string" ? [part] : part.flatMap(expanded);
    texts = texts.flatMap((text) => endings.map((ending) => text + ending));
  }
  return texts;
}
