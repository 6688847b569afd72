/** Functions by element that have no kernel of their own: unary ones where they are defined, and operators that broadcast. */
import type { Shape } from "../../../src/shape.ts";
import type { UnaryAttrs } from "../../../src/ops/files/unary.ts";
import type { NDArray } from "../../reference/ndarray.ts";
import type { Random } from "../../support/random.ts";
import { channelsFor, type OpCase, opCase } from "../op-case.ts";

type Draw = (random: Random, shape: Shape) => NDArray;

const anywhere: Draw = (random, shape) => random.array(shape, { scale: 2 });
const besides =
  (...kinks: readonly number[]): Draw =>
  (random, shape) =>
    random.array(shape, { scale: 2, kinks });
const between =
  (low: number, high: number): Draw =>
  (random, shape) => {
    const { data } = random.array(shape);
    return { shape, data: data.map(() => Math.fround(random.uniform(low, high))) };
  };
/** No integer and no half is near. */
const fractions: Draw = (random, shape) => {
  const { data } = random.array(shape);
  return { shape, data: data.map(() => random.int(-6, 6) / 2 + random.int(2, 6) / 16) };
};

const unary = (fn: UnaryAttrs["fn"], draw: Draw, scalars: Omit<UnaryAttrs, "fn"> = {}): OpCase =>
  opCase({
    op: "unary",
    about: fn,
    trials: 6,
    sample: (random, trial) => ({
      inputs: [draw(random, [random.int(1, 2), random.int(1, 4), random.int(1, 4), channelsFor(trial * 2)])],
      attrs: { fn, ...scalars },
    }),
  });

const unaryCases: readonly OpCase[] = [
  unary("abs", besides(0)),
  unary("acos", between(-0.9, 0.9)),
  unary("acosh", between(1.2, 9)),
  unary("asin", between(-0.9, 0.9)),
  unary("asinh", anywhere),
  unary("atan", anywhere),
  unary("atanh", between(-0.9, 0.9)),
  unary("ceil", fractions),
  unary("cos", anywhere),
  unary("cosh", anywhere),
  unary("erf", anywhere),
  unary("expm1", anywhere),
  unary("floor", fractions),
  unary("hardShrink", besides(-0.5, 0.5), { alpha: 0.5 }),
  unary("log", between(0.1, 9)),
  unary("log1p", between(-0.8, 9)),
  unary("logSigmoid", anywhere),
  unary("neg", anywhere),
  unary("reciprocal", between(0.2, 9)),
  unary("round", fractions),
  unary("rsqrt", between(0.2, 9)),
  unary("sign", besides(0)),
  unary("sin", anywhere),
  unary("sinh", anywhere),
  unary("softShrink", besides(-0.5, 0.5), { alpha: 0.5, beta: 0.25 }),
  unary("sparsePlus", besides(-1, 1)),
  unary("sqrt", between(0.2, 9)),
  unary("square", anywhere),
  unary("squareplus", anywhere, { alpha: 4 }),
  unary("tan", between(-1.2, 1.2)),
  unary("threshold", besides(0.75), { alpha: 0.75, beta: -2 }),
];

/** Shapes of three operands that broadcast. */
function shapes(random: Random, trial: number): readonly [Shape, Shape, Shape] {
  const [n, h, w, c] = [random.int(1, 2), random.int(1, 3), random.int(1, 3), channelsFor(trial)];
  const full = [n, h, w, c];
  const all: readonly (readonly [Shape, Shape, Shape])[] = [
    [full, full, full],
    [[n, h, w, 1], full, [c]],
    [[c], full, []],
    [full, [n, 1, 1, c], full],
    [[n, 1, w, 1], [h, 1, c], [1]],
    [[], [], []],
  ];
  return all[trial % all.length]!;
}

/** A third of it 0. */
const conditions = (random: Random, shape: Shape): NDArray => {
  const { data } = random.array(shape);
  return { shape, data: data.map(() => random.pick([0, 1, -2])) };
};

export const elementwiseCases: readonly OpCase[] = [
  ...unaryCases,
  opCase({
    op: "pow",
    trials: 18,
    sample(random, trial) {
      const [a, b] = shapes(random, trial);
      return { inputs: [between(0.3, 3)(random, a), random.array(b)], attrs: {} };
    },
  }),
  opCase({
    op: "where",
    trials: 18,
    sample(random, trial) {
      const [condition, a, b] = shapes(random, trial);
      return { inputs: [conditions(random, condition), random.array(a), random.array(b)], attrs: {} };
    },
  }),
  ...(["less", "lessOrEqual", "greater", "greaterOrEqual", "equal", "notEqual"] as const).map((fn) =>
    opCase<"compare">({
      op: "compare",
      about: fn,
      trials: 6,
      sample(random, trial) {
        const [a, b] = shapes(random, trial);
        const few = (shape: Shape, shift: number): NDArray => {
          const { data } = random.array(shape);
          return { shape, data: data.map(() => random.int(-1, 1) + shift) };
        };
        // Equal ones in the forward test's even trials only: no difference is taken across a step.
        return { inputs: [few(a, 0), few(b, trial % 5 === 0 ? 0.5 : 0)], attrs: { fn } };
      },
    }),
  ),
];
