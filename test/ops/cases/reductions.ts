/** Operators over axes: any of them but the batch, counted from either end, also of size 1. */
import type { ReduceAttrs } from "../../../src/ops/files/reduce.ts";
import type { NDArray } from "../../reference/ndarray.ts";
import type { Random } from "../../support/random.ts";
import { channelsFor, type OpCase, opCase } from "../op-case.ts";

const AXES: readonly (readonly number[])[] = [[-1], [1, 2], [1], [2, 3], [1, 2, 3], [-2, -3], [3, 2, 1], [3, 1]];

/** Pictures, some of them of one pixel. */
function shapeFor(random: Random, trial: number): number[] {
  if (trial % 7 === 6) return [1, 1, 1, channelsFor(trial)];
  return [random.int(1, 2), random.int(1, 4), random.int(1, 4), channelsFor(trial)];
}

type Draw = (random: Random, shape: readonly number[]) => NDArray;

const normal: Draw = (random, shape) => random.array(shape);
/** Far from 0, where a logarithm or a product has none. */
const positive: Draw = (random, shape) => {
  const { data } = random.array(shape);
  return { shape, data: data.map(() => Math.fround(random.uniform(0.5, 1.5))) };
};

const reduce = (fn: ReduceAttrs["fn"], draw: Draw): OpCase =>
  opCase({
    op: "reduce",
    about: fn,
    trials: 16,
    sample: (random, trial) => ({
      inputs: [draw(random, shapeFor(random, trial))],
      attrs: { fn, axes: AXES[trial % AXES.length]!, keepDims: trial % 3 === 0 },
    }),
  });

export const reductionCases: readonly OpCase[] = [
  reduce("sum", normal),
  reduce("mean", normal),
  reduce("max", (random, shape) => random.distinct(shape)),
  reduce("min", (random, shape) => random.distinct(shape)),
  reduce("prod", positive),
  reduce("l1", (random, shape) => random.array(shape, { kinks: [0] })),
  reduce("l2", (random, shape) => random.array(shape, { kinks: [0] })),
  reduce("sumSquare", normal),
  reduce("logSum", positive),
  reduce("logSumExp", (random, shape) => random.array(shape, { scale: 3 })),
  ...[true, false].map((center) =>
    opCase<"standardize">({
      op: "standardize",
      about: center ? "with the mean taken off" : "by the root of the mean square",
      trials: 24,
      sample: (random, trial) => ({
        inputs: [random.array(shapeFor(random, trial), { scale: 2, mean: random.pick([0, 3]) })],
        attrs: { axes: AXES[trial % AXES.length]!, epsilon: random.pick([1e-3, 0.1]), center },
      }),
    }),
  ),
  opCase({
    op: "logSoftmax",
    trials: 18,
    sample: (random, trial) => ({
      inputs: [random.array(shapeFor(random, trial), { scale: 3 })],
      attrs: { axis: [-1, 1, -2, 3, -3][trial % 5]! },
    }),
  }),
];
