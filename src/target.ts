/** From "what do you want explained" to a score of the logits. */
import { GradCamError } from "./errors.ts";
import { findClass, type Labels } from "./labels.ts";
import { type Score, type ScoreExpression, type ScoreOutput } from "./score.ts";

/** A class by index, name or WordNet id. */
export type ClassRef = number | string;

/** What is explained: the n-th best class, a class, one class against others, or any expression of the logits. */
export type Target = ClassRef | `top-${number}` | { for: ClassRef; against?: ClassRef | ClassRef[] } | Score;

/**
 * What is differentiated: the class score before the softmax or sigmoid, the probability after it, or "rest", their compromise: the
 * logit plus the logarithm of the probability (Cai et al., ShapleyCAM, arXiv 2501.06261).
 */
export const SCORE_KINDS = ["logit", "probability", "rest"] as const;
/** What is differentiated: the logit, the probability, or ("rest") logit + log probability. */
export type ScoreKind = (typeof SCORE_KINDS)[number];

/** A class and what the network thinks of it. */
export interface Prediction {
  readonly index: number;
  readonly label: string;
  readonly wnid?: string;
  /** After the softmax or sigmoid. */
  readonly probability: number;
  /** Before it. */
  readonly logit: number;
}

export interface ResolvedTarget {
  readonly score: Score;
  /** Undefined when the score is an expression of the caller's own. */
  readonly index: number | undefined;
  /** How to name it: the label, or a description of the contrast. */
  readonly label: string;
  /** The classes that `index` is held against. */
  readonly against?: readonly number[];
  /** The score is the logit of class `index` and nothing else. */
  readonly isLogit?: true;
  /** The score is a sum of logits with fixed weights. */
  readonly isLinear?: true;
  /** The score of any class, of the kind that was asked for. */
  readonly of: (output: ScoreOutput, index: number) => ScoreExpression;
}

/** The `top` classes with the highest logits, best first; equal logits in class order. */
export function rank(
  logits: ArrayLike<number>,
  labels: Labels | undefined,
  top: number,
  probabilities: ArrayLike<number>,
): Prediction[] {
  return largest(logits, top).map((index) => predictionOf(index, logits, probabilities, labels));
}

/** Indices of the `top` largest values, largest first, equal ones in order. Sorting all costs more than a short backward pass. */
function largest(values: ArrayLike<number>, top: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (best.length >= top && !(values[i]! > values[best.at(-1)!]!)) continue;
    let place = 0;
    for (let end = best.length; place < end;) {
      const middle = (place + end) >> 1;
      if (values[best[middle]!]! >= values[i]!) place = middle + 1;
      else end = middle;
    }
    best.splice(place, 0, i);
    if (best.length > top) best.pop();
  }
  return best;
}

function predictionOf(
  index: number,
  logits: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  labels: Labels | undefined,
): Prediction {
  const label = labels?.[index];
  return {
    index,
    label: label?.name ?? `class ${String(index)}`,
    ...(label?.wnid === undefined ? {} : { wnid: label.wnid }),
    probability: probabilities[index]!,
    logit: logits[index]!,
  };
}

/** Throws E_TARGET_CLASS, naming the valid range or the nearest name, or what is given instead of a class. */
export function resolveTarget(
  target: Target | null,
  kind: ScoreKind,
  logits: ArrayLike<number>,
  labels: Labels | undefined,
): ResolvedTarget {
  const of = (output: ScoreOutput, index: number): ScoreExpression => pick(output, index, kind);
  if (typeof target === "function") return { score: target, index: undefined, label: "score expression", of };
  const name = (index: number): string => labels?.[index]?.name ?? `class ${String(index)}`;
  if (typeof target === "object" && target !== null) return contrast(target, kind, logits, labels, name);
  const index = classIndex(target, logits, labels);
  const score: Score = (output) => pick(output, index, kind);
  return { score, index, label: name(index), ...(kind === "logit" && { isLogit: true, isLinear: true }), of };
}

function pick(output: ScoreOutput, index: number, kind: ScoreKind): ScoreExpression {
  if (kind === "logit") return output.logit(index);
  if (kind === "probability") return output.probability(index);
  return output.logit(index).add(output.logProbability(index));
}

/** y_for − mean of y_against; without `against`, the strongest other class. */
function contrast(
  target: { for: ClassRef; against?: ClassRef | ClassRef[] },
  kind: ScoreKind,
  logits: ArrayLike<number>,
  labels: Labels | undefined,
  name: (index: number) => string,
): ResolvedTarget {
  const index = classIndex(target.for, logits, labels);
  const rivals =
    target.against === undefined
      ? largest(logits, 2)
          .filter((rival) => rival !== index)
          .slice(0, 1)
      : [target.against].flat().map((ref) => classIndex(ref, logits, labels));
  if (rivals.length === 0 || rivals.includes(index)) {
    throw new GradCamError("E_TARGET_CLASS", {
      where: "target.against",
      expected: `one or more classes other than ${String(index)}`,
      got: rivals.length === 0 ? "none" : "the same class",
    });
  }
  const score: Score = (output) => {
    const [first, ...rest] = rivals.map((rival) => pick(output, rival, kind));
    const sum = rest.reduce((a, b) => a.add(b), first!);
    return pick(output, index, kind).sub(sum.mul(1 / rivals.length));
  };
  const label = `${name(index)} against ${rivals.map(name).join(", ")}`;
  const of = (output: ScoreOutput, at: number): ScoreExpression => pick(output, at, kind);
  return { score, index, against: rivals, label, ...(kind === "logit" && { isLinear: true }), of };
}

/** @param ref a ClassRef or "top-n", where callers have types */
function classIndex(ref: unknown, logits: ArrayLike<number>, labels: Labels | undefined): number {
  if (typeof ref === "number") return checked(ref, String(ref), logits.length, 0);
  if (typeof ref !== "string") {
    const expected = `a name, or an index from 0 to ${logits.length - 1}`;
    throw new GradCamError("E_TARGET_CLASS", { where: "target", expected, got: ref === null ? "null" : typeof ref });
  }
  const top = /^top-(\d+)$/.exec(ref);
  if (!top) return checked(findClass(labels, ref, logits.length), ref, logits.length, 0);
  const place = Number(top[1]);
  return checked(place >= 1 ? largest(logits, place)[place - 1] : undefined, ref, logits.length, 1);
}

function checked(index: number | undefined, ref: string, classes: number, base: 0 | 1): number {
  if (index !== undefined && Number.isInteger(index) && index >= 0 && index < classes) return index;
  const range = base === 0 ? `an index from 0 to ${String(classes - 1)}` : `top-1 to top-${String(classes)}`;
  throw new GradCamError("E_TARGET_CLASS", {
    where: `class ${ref}`,
    expected: range,
    got: ref,
    hint:
      base === 0 ? `the nearest valid index is ${Number(ref) < 0 ? "0" : String(classes - 1)}` : "choose a smaller n",
  });
}
