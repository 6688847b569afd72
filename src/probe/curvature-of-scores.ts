/**
 * Second derivatives of scores along a direction, exact but for rounding in f64: expressions that carry, beside every number and every
 * gradient, its rate of change while the logits move (forward over reverse accumulation).
 */
import { GradCamError } from "../errors.ts";
import { type Link, type Score, ScoreExpression, ScoreOutput, sigmoid } from "../score.ts";

/** Logits, row by row, and how they become probabilities. */
export interface Scored {
  readonly logits: ArrayLike<number>;
  readonly classes: number;
  readonly link: Link;
}

/**
 * d²(score)/d(logits)²·direction. Numbers that a score function takes out of expressions (`.values`) count as constants, as they do for
 * the gradient. Throws E_NONFINITE.
 */
export function curvatureOf(score: Score, scored: Scored, direction: ArrayLike<number>): Float64Array {
  const sum = new Float64Array(scored.logits.length);
  const pull: Pull = (_, rates) => {
    for (let i = 0; i < sum.length; i++) sum[i]! += rates[i]!;
  };
  score(new Moving(Float64Array.from(scored.logits), Float64Array.from(direction), scored, pull)).pull(
    Float64Array.of(1),
  );
  if (sum.every(Number.isFinite)) return sum;
  throw new GradCamError("E_NONFINITE", {
    where: "score",
    expected: "finite second derivatives",
    hint: "logits can be negative or zero: take log() of probabilities only",
  });
}

/** @param rates of the gradient, along the direction */
type Pull = (gradient: Float64Array, rates: Float64Array) => void;

/** A function of two numbers. */
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

type Operand = ScoreExpression | number;

/** An expression whose values move. */
class Moving extends ScoreOutput {
  readonly #rates: Float64Array;
  readonly #scored: Scored;
  readonly #back: Pull;

  /** @param rates of the values, along the direction */
  constructor(values: Float64Array, rates: Float64Array, scored: Scored, back: Pull) {
    super(values, scored.classes, scored.link, () => undefined);
    this.#rates = rates;
    this.#scored = scored;
    this.#back = back;
  }

  /** Here the score begins. */
  override pull(gradient: Float64Array): void {
    this.#back(gradient, new Float64Array(gradient.length));
  }

  override sum(): ScoreExpression {
    const { length } = this.values;
    return this.#linear(
      (values) => Float64Array.of(values.reduce((a, b) => a + b, 0)),
      ([g]) => new Float64Array(length).fill(g!),
    );
  }

  override add(other: Operand): ScoreExpression {
    return this.#binary(other, ADD);
  }

  override sub(other: Operand): ScoreExpression {
    return this.#binary(other, SUB);
  }

  override mul(other: Operand): ScoreExpression {
    return this.#binary(other, MUL);
  }

  override div(other: Operand): ScoreExpression {
    return this.#binary(other, DIV);
  }

  override exp(): ScoreExpression {
    return this.#binary(0, EXP);
  }

  override log(): ScoreExpression {
    return this.#binary(0, LOG);
  }

  override logSigmoid(): ScoreExpression {
    return this.#binary(0, LOG_SIGMOID);
  }

  protected override part(start: number, end: number): ScoreExpression {
    const { length } = this.values;
    const spread = (gradient: Float64Array): Float64Array => {
      const whole = new Float64Array(length);
      whole.set(gradient, start);
      return whole;
    };
    return this.#linear((values) => values.slice(start, end), spread);
  }

  /** @param of the values @param adjoint of a gradient by the result: that by this */
  #linear(of: (values: Float64Array) => Float64Array, adjoint: (gradient: Float64Array) => Float64Array): Moving {
    const back: Pull = (gradient, rates) => {
      this.#back(adjoint(gradient), adjoint(rates));
    };
    return new Moving(of(this.values), of(this.#rates), this.#scored, back);
  }

  /** Element by element; a scalar is repeated. */
  #binary(other: Operand, { of, slopes, bends }: Binary): Moving {
    const b = other instanceof Moving ? other : this.#still(other);
    const n = Math.max(this.values.length, b.values.length);
    const [x, y] = [repeated(this.values, n), repeated(b.values, n)];
    const [dx, dy] = [repeated(this.#rates, n), repeated(b.#rates, n)];
    const back: Pull = (gradient, rates) => {
      const [byX, byY, ratesX, ratesY] = [0, 1, 2, 3].map(() => new Float64Array(n));
      for (let i = 0; i < n; i++) {
        const [g, rate] = [gradient[i]!, rates[i]!];
        const [a, b] = slopes(x[i]!, y[i]!);
        const [aa, ab, bb] = bends(x[i]!, y[i]!);
        byX![i] = a * g;
        byY![i] = b * g;
        ratesX![i] = a * rate + (aa * dx[i]! + ab * dy[i]!) * g;
        ratesY![i] = b * rate + (ab * dx[i]! + bb * dy[i]!) * g;
      }
      this.#back(summed(byX!, this.values.length), summed(ratesX!, this.values.length));
      b.#back(summed(byY!, b.values.length), summed(ratesY!, b.values.length));
    };
    const moved = x.map((_, i) => {
      const [a, b] = slopes(x[i]!, y[i]!);
      return a * dx[i]! + b * dy[i]!;
    });
    return new Moving(
      x.map((value, i) => of(value, y[i]!)),
      moved,
      this.#scored,
      back,
    );
  }

  /** A constant. */
  #still(other: Operand): Moving {
    const values = typeof other === "number" ? Float64Array.of(other) : other.values;
    return new Moving(values, new Float64Array(values.length), this.#scored, () => undefined);
  }
}

function repeated(values: Float64Array, n: number): Float64Array {
  return values.length === n ? values : new Float64Array(n).fill(values[0]!);
}

const summed = (list: Float64Array, length: number): Float64Array =>
  list.length === length ? list : Float64Array.of(list.reduce((a, b) => a + b, 0));
