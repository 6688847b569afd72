/**
 * Scores: scalar functions of a model's logits, written as expressions and differentiated by reverse accumulation.
 * Everything here is float64 and tiny (one number per class); the network's own gradient begins where this ends.
 */
import { GradCamError } from "./errors.ts";

/** Adds a gradient (one number per element) to whatever the expression was made from. */
type Pull = (gradient: Float64Array) => void;

/** A list of numbers that remembers how it was computed. A score is an expression with one element. */
export class ScoreExpression {
  readonly values: Float64Array;
  readonly #pull: Pull;

  /** @internal Users start from the output handed to their score function. */
  constructor(values: Float64Array, pull: Pull) {
    this.values = values;
    this.#pull = pull;
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

  /** Reverse accumulation from d(score)/d(this) = `gradient`. */
  pull(gradient: Float64Array): void {
    this.#pull(gradient);
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
    return new ScoreExpression(Float64Array.of(this.values.reduce((a, b) => a + b, 0)), ([g]) => {
      this.#pull(new Float64Array(this.values.length).fill(g!));
    });
  }

  /** Of all elements, as one. */
  mean(): ScoreExpression {
    return this.sum().mul(1 / this.values.length);
  }

  /** Element by element; a single value meets every element. */
  add(other: ScoreExpression | number): ScoreExpression {
    return this.#binary(
      other,
      (a, b) => a + b,
      () => [1, 1],
    );
  }

  /** Element by element; a single value meets every element. */
  sub(other: ScoreExpression | number): ScoreExpression {
    return this.#binary(
      other,
      (a, b) => a - b,
      () => [1, -1],
    );
  }

  /** Element by element; a single value meets every element. */
  mul(other: ScoreExpression | number): ScoreExpression {
    return this.#binary(
      other,
      (a, b) => a * b,
      (a, b) => [b, a],
    );
  }

  /** Element by element; a single value meets every element. */
  div(other: ScoreExpression | number): ScoreExpression {
    return this.#binary(
      other,
      (a, b) => a / b,
      (a, b) => [1 / b, -a / (b * b)],
    );
  }

  /** Element by element. */
  neg(): ScoreExpression {
    return this.mul(-1);
  }

  /** Element by element. */
  exp(): ScoreExpression {
    return this.#unary(Math.exp, (_, y) => y);
  }

  /** Natural logarithm, element by element. */
  log(): ScoreExpression {
    return this.#unary(Math.log, (x) => 1 / x);
  }

  /** −ln(1 + e⁻ˣ), element by element, without overflow. */
  logSigmoid(): ScoreExpression {
    return this.#unary(
      (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))),
      (x) => sigmoid(-x),
    );
  }

  /** Elements `start` to before `end`. */
  protected part(start: number, end: number): ScoreExpression {
    return new ScoreExpression(this.values.slice(start, end), (gradient) => {
      const whole = new Float64Array(this.values.length);
      whole.set(gradient, start);
      this.#pull(whole);
    });
  }

  /** Element by element; a scalar is repeated. */
  #binary(
    other: ScoreExpression | number,
    f: (a: number, b: number) => number,
    slopes: (a: number, b: number) => [number, number],
  ): ScoreExpression {
    const b = typeof other === "number" ? new ScoreExpression(Float64Array.of(other), () => undefined) : other;
    const n = Math.max(this.values.length, b.values.length);
    const [left, right] = [this.#repeated(n), b.#repeated(n)];
    return new ScoreExpression(
      left.map((x, i) => f(x, right[i]!)),
      (gradient) => {
        const pairs = Array.from(gradient, (g, i) => slopes(left[i]!, right[i]!).map((slope) => slope * g));
        this.#pullRepeated(Float64Array.from(pairs, ([g]) => g!));
        b.#pullRepeated(Float64Array.from(pairs, ([, g]) => g!));
      },
    );
  }

  #unary(f: (x: number) => number, slope: (x: number, y: number) => number): ScoreExpression {
    const y = this.values.map(f);
    return new ScoreExpression(y, (gradient) => {
      this.#pull(gradient.map((g, i) => g * slope(this.values[i]!, y[i]!)));
    });
  }

  #repeated(n: number): Float64Array {
    if (this.values.length === n) return this.values;
    if (this.values.length === 1) return new Float64Array(n).fill(this.values[0]!);
    throw new GradCamError("E_INPUT_VALUE", {
      where: "score",
      expected: "expressions of the same length",
      got: `${String(this.values.length)} and ${String(n)}`,
    });
  }

  #pullRepeated(gradient: Float64Array): void {
    const summed = this.values.length === gradient.length ? gradient : [gradient.reduce((a, b) => a + b, 0)];
    this.#pull(Float64Array.from(summed));
  }
}

/** How a network's logits become probabilities: of one class among all, or of every class by itself. */
export type Link = "softmax" | "sigmoid";

/** What a score function is given: the model's logits, and probabilities made from them. */
export class ScoreOutput extends ScoreExpression {
  readonly #classes: number;
  readonly #link: Link;

  /** @internal @param values logits of all samples, row by row */
  constructor(values: Float64Array, classes: number, link: Link, pull: Pull) {
    super(values, pull);
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

/** The score's value and d(score)/d(logits). Throws E_NONFINITE when either is not a finite number. */
export function differentiate(
  score: Score,
  logits: ArrayLike<number>,
  classes: number,
  link: Link = "softmax",
): { value: number; gradient: Float64Array } {
  const gradient = new Float64Array(logits.length);
  const output = new ScoreOutput(Float64Array.from(logits), classes, link, (part) => {
    for (let i = 0; i < part.length; i++) gradient[i] = gradient[i]! + part[i]!;
  });
  const result = score(output);
  const { value } = result;
  result.pull(Float64Array.of(1));
  if (!Number.isFinite(value) || !gradient.every(Number.isFinite)) {
    throw new GradCamError("E_NONFINITE", {
      where: "score",
      expected: "a finite value with a finite gradient",
      got: Number.isFinite(value) ? `${value} with a gradient that is not finite` : String(value),
      hint: "logits can be negative or zero: take log() of probabilities only",
    });
  }
  return { value, gradient };
}

/** 1 / (1 + e⁻ˣ), without overflow. */
export const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

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
