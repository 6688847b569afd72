/**
 * Scores: scalar functions of a model's logits, written as expressions and differentiated by reverse accumulation; their second
 * derivatives along a direction by carrying, beside every number and every gradient, its rate of change in that direction.
 * Everything here is float64 and tiny (one number per class); the network's own gradient begins where this ends.
 */
import { GradCamError } from "./errors.ts";

/**
 * Adds a gradient (one number per element) to whatever the expression was made from.
 * @param change its rate along the direction in which the logits move; undefined where that is 0, or where none do
 */
type Pull = (gradient: Float64Array, change: Float64Array | undefined) => void;

/** A function of two numbers; an operand that does not move has the rate 0. */
interface Binary {
  readonly of: (a: number, b: number) => number;
  readonly slopes: (a: number, b: number) => readonly [byA: number, byB: number];
  /** Second derivatives. */
  readonly bends: (a: number, b: number) => readonly [byAA: number, byAB: number, byBB: number];
}

const FLAT = [0, 0, 0] as const;
const ADD: Binary = { of: (a, b) => a + b, slopes: () => [1, 1], bends: () => FLAT };
const SUB: Binary = { of: (a, b) => a - b, slopes: () => [1, -1], bends: () => FLAT };
const MUL: Binary = { of: (a, b) => a * b, slopes: (a, b) => [b, a], bends: () => [0, 1, 0] };
const DIV: Binary = {
  of: (a, b) => a / b,
  slopes: (a, b) => [1 / b, -a / (b * b)],
  bends: (a, b) => [0, -1 / (b * b), (2 * a) / b ** 3],
};

/** Functions of one number: the other one does not matter. */
const EXP: Binary = { of: Math.exp, slopes: (x) => [Math.exp(x), 0], bends: (x) => [Math.exp(x), 0, 0] };
const LOG: Binary = { of: Math.log, slopes: (x) => [1 / x, 0], bends: (x) => [-1 / (x * x), 0, 0] };
const LOG_SIGMOID: Binary = {
  of: (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))),
  slopes: (x) => [sigmoid(-x), 0],
  bends: (x) => [-sigmoid(x) * sigmoid(-x), 0, 0],
};

/** A list of numbers that remembers how it was computed. A score is an expression with one element. */
export class ScoreExpression {
  readonly values: Float64Array;
  readonly #pull: Pull;
  readonly #change: Float64Array | undefined;

  /** @internal Users start from the output handed to their score function. @param change of the values, along the direction */
  constructor(values: Float64Array, pull: Pull, change?: Float64Array) {
    this.values = values;
    this.#pull = pull;
    this.#change = change;
  }

  /** The one number of a scalar expression. Throws E_INPUT_VALUE when there are several. */
  get value(): number {
    if (this.values.length !== 1) {
      throw new GradCamError("E_INPUT_VALUE", {
        where: "score",
        expected: "one number",
        got: `${String(this.values.length)} numbers`,
        hint: "pick one with at(i), or use sum() or mean()",
      });
    }
    return this.values[0]!;
  }

  /** Reverse accumulation from d(score)/d(this) = `gradient`. @param change of that gradient, along the direction */
  pull(gradient: Float64Array, change?: Float64Array): void {
    this.#pull(gradient, change);
  }

  /** Element `index`. Throws E_TARGET_CLASS. */
  at(index: number): ScoreExpression {
    const n = this.values.length;
    if (!Number.isInteger(index) || index < 0 || index >= n) {
      throw new GradCamError("E_TARGET_CLASS", {
        where: `class ${String(index)}`,
        expected: `an integer from 0 to ${String(n - 1)}`,
        got: String(index),
      });
    }
    return this.part(index, index + 1);
  }

  /** Of all elements, as one. */
  sum(): ScoreExpression {
    const { length } = this.values;
    return this.#linear(
      (values) => Float64Array.of(values.reduce((a, b) => a + b, 0)),
      ([g]) => new Float64Array(length).fill(g!),
    );
  }

  /** Of all elements, as one. */
  mean(): ScoreExpression {
    return this.sum().mul(1 / this.values.length);
  }

  /** Element by element; a single value meets every element. */
  add(other: ScoreExpression | number): ScoreExpression {
    return this.#binary(other, ADD);
  }

  /** Element by element; a single value meets every element. */
  sub(other: ScoreExpression | number): ScoreExpression {
    return this.#binary(other, SUB);
  }

  /** Element by element; a single value meets every element. */
  mul(other: ScoreExpression | number): ScoreExpression {
    return this.#binary(other, MUL);
  }

  /** Element by element; a single value meets every element. */
  div(other: ScoreExpression | number): ScoreExpression {
    return this.#binary(other, DIV);
  }

  /** Element by element. */
  neg(): ScoreExpression {
    return this.mul(-1);
  }

  /** Element by element. */
  exp(): ScoreExpression {
    return this.#binary(0, EXP);
  }

  /** Natural logarithm, element by element. */
  log(): ScoreExpression {
    return this.#binary(0, LOG);
  }

  /** −ln(1 + e⁻ˣ), element by element, without overflow. */
  logSigmoid(): ScoreExpression {
    return this.#binary(0, LOG_SIGMOID);
  }

  /** Elements `start` to before `end`. */
  protected part(start: number, end: number): ScoreExpression {
    const { length } = this.values;
    const spread = (gradient: Float64Array): Float64Array => {
      const whole = new Float64Array(length);
      whole.set(gradient, start);
      return whole;
    };
    return this.#linear((values) => values.slice(start, end), spread);
  }

  /** @param of the values @param adjoint of a gradient by the result: that by this */
  #linear(of: (values: Float64Array) => Float64Array, adjoint: (gradient: Float64Array) => Float64Array) {
    const pull: Pull = (gradient, change) => {
      this.#pull(adjoint(gradient), change && adjoint(change));
    };
    return new ScoreExpression(of(this.values), pull, this.#change && of(this.#change));
  }

  /** Element by element; a scalar is repeated. */
  #binary(other: ScoreExpression | number, { of, slopes, bends }: Binary): ScoreExpression {
    const b = typeof other === "number" ? new ScoreExpression(Float64Array.of(other), () => undefined) : other;
    const n = Math.max(this.values.length, b.values.length);
    const [left, right] = [this.#repeated(this.values, n), b.#repeated(b.values, n)];
    const moves = this.#change !== undefined || b.#change !== undefined;
    const [leftMoves, rightMoves] = [this.#rates(n), b.#rates(n)];
    const pull: Pull = (gradient, change) => {
      const [byLeft, byRight] = [new Float64Array(n), new Float64Array(n)];
      const changes = moves || change ? ([new Float64Array(n), new Float64Array(n)] as const) : undefined;
      for (let i = 0; i < n; i++) {
        const g = gradient[i]!;
        const [byA, byB] = slopes(left[i]!, right[i]!);
        byLeft[i] = byA * g;
        byRight[i] = byB * g;
        if (!changes) continue;
        const [byAA, byAB, byBB] = bends(left[i]!, right[i]!);
        const [a, b, rate] = [leftMoves?.[i] ?? 0, rightMoves?.[i] ?? 0, change?.[i] ?? 0];
        changes[0][i] = byA * rate + (byAA * a + byAB * b) * g;
        changes[1][i] = byB * rate + (byAB * a + byBB * b) * g;
      }
      this.#pullRepeated(byLeft, changes?.[0]);
      b.#pullRepeated(byRight, changes?.[1]);
    };
    const rate = (_value: number, i: number): number => {
      const [byA, byB] = slopes(left[i]!, right[i]!);
      return byA * (leftMoves?.[i] ?? 0) + byB * (rightMoves?.[i] ?? 0);
    };
    const values = left.map((x, i) => of(x, right[i]!));
    return new ScoreExpression(values, pull, moves ? values.map(rate) : undefined);
  }

  /** Rates of change of `n` elements. */
  #rates(n: number): Float64Array | undefined {
    return this.#change && this.#repeated(this.#change, n);
  }

  #repeated(values: Float64Array, n: number): Float64Array {
    if (values.length === n) return values;
    if (values.length === 1) return new Float64Array(n).fill(values[0]!);
    throw new GradCamError("E_INPUT_VALUE", {
      where: "score",
      expected: "expressions of the same length",
      got: `${String(values.length)} and ${String(n)}`,
    });
  }

  #pullRepeated(gradient: Float64Array, change: Float64Array | undefined): void {
    const summed = (list: Float64Array): Float64Array =>
      this.values.length === list.length ? list : Float64Array.of(list.reduce((a, b) => a + b, 0));
    this.#pull(summed(gradient), change && summed(change));
  }
}

/** How a network's logits become probabilities: of one class among all, or of every class by itself. */
export type Link = "softmax" | "sigmoid";

/** What an output is made with. */
interface Source {
  readonly classes: number;
  readonly link: Link;
  readonly pull: Pull;
  readonly direction?: Float64Array | undefined;
}

/** What a score function is given: the model's logits, and probabilities made from them. */
export class ScoreOutput extends ScoreExpression {
  readonly #classes: number;
  readonly #link: Link;

  /** @internal @param values logits of all samples, row by row @param direction in which they move */
  constructor(values: Float64Array, { classes, link, pull, direction }: Source) {
    super(values, pull, direction);
    this.#classes = classes;
    this.#link = link;
  }

  /** The score of a class before the softmax or sigmoid. */
  logit(index: number, sample = 0): ScoreExpression {
    return this.#row(sample).at(index);
  }

  /** log softmax, or log sigmoid of the class's own logit; stable for any logits. */
  logProbability(index: number, sample = 0): ScoreExpression {
    const row = this.#row(sample);
    if (this.#link === "sigmoid") return row.at(index).logSigmoid();
    const top = row.values.reduce((a, b) => Math.max(a, b), -Infinity);
    return row.at(index).sub(row.sub(top).exp().sum().log().add(top));
  }

  /** softmax, or sigmoid of the class's own logit. */
  probability(index: number, sample = 0): ScoreExpression {
    return this.logProbability(index, sample).exp();
  }

  #row(sample: number): ScoreExpression {
    const start = sample * this.#classes;
    return this.values.length === this.#classes && sample === 0 ? this : this.part(start, start + this.#classes);
  }
}

/** Any differentiable scalar function of the logits: `o => o.logit(386).sub(o.logit(101))`. */
export type Score = (output: ScoreOutput) => ScoreExpression;

/** Logits, row by row, and how they become probabilities. */
export interface Scored {
  readonly logits: ArrayLike<number>;
  readonly classes: number;
  readonly link: Link;
}

/** The score's value and d(score)/d(logits). Throws E_NONFINITE when either is not a finite number. */
export function differentiate(
  score: Score,
  logits: ArrayLike<number>,
  classes: number,
  link: Link = "softmax",
): { value: number; gradient: Float64Array } {
  const { value, gradient } = pulled(score, { logits, classes, link });
  return { value, gradient };
}

/**
 * d²(score)/d(logits)²·direction, exact but for rounding in f64. Numbers that a score function takes out of expressions (`.values`)
 * count as constants, as they do for the gradient. Throws E_NONFINITE.
 */
export function curvatureOf(score: Score, scored: Scored, direction: ArrayLike<number>): Float64Array {
  return pulled(score, scored, Float64Array.from(direction)).change;
}

function pulled(score: Score, { logits, classes, link }: Scored, direction?: Float64Array) {
  const [gradient, change] = [new Float64Array(logits.length), new Float64Array(logits.length)];
  const pull: Pull = (part, rates) => {
    for (let i = 0; i < part.length; i++) gradient[i] = gradient[i]! + part[i]!;
    if (rates) for (let i = 0; i < rates.length; i++) change[i] = change[i]! + rates[i]!;
  };
  const result = score(new ScoreOutput(Float64Array.from(logits), { classes, link, pull, direction }));
  const { value } = result;
  result.pull(Float64Array.of(1));
  if (!Number.isFinite(value) || !gradient.every(Number.isFinite) || !change.every(Number.isFinite)) {
    throw new GradCamError("E_NONFINITE", {
      where: "score",
      expected: "a finite value with a finite gradient",
      got: Number.isFinite(value) ? `${value} with a gradient that is not finite` : String(value),
      hint: "logits can be negative or zero: take log() of probabilities only",
    });
  }
  return { value, gradient, change };
}

/** 1 / (1 + e⁻ˣ), without overflow. */
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** The probabilities that one row of logits stands for, in float64. */
export const probabilitiesOf = (logits: ArrayLike<number>, link: Link): Float64Array =>
  link === "sigmoid" ? Float64Array.from(logits, sigmoid) : softmax(logits);

/** Softmax of one row of logits in float64; NaN where a logit is NaN or none is finite. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const values = new Float64Array(logits);
  let top = -Infinity;
  for (const value of values) top = Math.max(top, value);
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] = Math.exp(values[i]! - top);
  for (let i = 0; i < values.length; i++) values[i]! /= total;
  return values;
}
