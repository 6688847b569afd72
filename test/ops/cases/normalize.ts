/** Batch norm with and without its optional parameters; softmax of short and of long rows. */
import type { Random } from "../../support/random.ts";
import type { NDArray } from "../../reference/ndarray.ts";
import { channelsFor, type OpCase, opCase } from "../op-case.ts";

const variances = (random: Random, channels: number): NDArray => {
  const { shape, data } = random.array([channels]);
  return { shape, data: data.map((value) => Math.fround(Math.abs(value) + 0.1)) };
};

export const normalizeCases: readonly OpCase[] = [
  opCase({
    op: "batchNorm",
    trials: 18,
    sample(random, trial) {
      const channels = channelsFor(trial);
      const optional = (): NDArray | undefined => (trial % 4 === 1 ? undefined : random.array([channels]));
      const x = trial % 5 === 4 ? [3, channels] : [random.int(1, 2), random.int(1, 4), random.int(1, 4), channels];
      return {
        inputs: [
          random.array(x),
          optional(),
          optional(),
          random.array([channels], { scale: 2 }),
          variances(random, channels),
        ],
        attrs: { epsilon: random.pick([1e-3, 1e-5]) },
      };
    },
  }),
  opCase({
    op: "lrn",
    sample: (random, trial) => ({
      inputs: [random.array([random.int(1, 2), random.int(1, 3), random.int(1, 3), channelsFor(trial)], { scale: 3 })],
      attrs: {
        size: trial % 7 === 6 ? 1001 : 1 + (trial % 7),
        alpha: random.pick([1e-4, 0.7, 0]),
        beta: random.pick([0.75, 0.5, 1.3]),
        bias: random.pick([1, 2]),
      },
    }),
  }),
  opCase({
    op: "softmax",
    sample: (random, trial) => ({
      inputs: [
        random.array(
          random.pick([
            [2, channelsFor(trial)],
            [1, 2, 3, channelsFor(trial)],
          ]),
          { scale: 3 },
        ),
      ],
      attrs: {},
    }),
  }),
  opCase({
    op: "softmax",
    about: "over a thousand classes",
    trials: 3,
    sample: (random) => ({
      inputs: [random.array([1, 1000], { scale: 3, mean: random.pick([0, 200, -200]) })],
      attrs: {},
    }),
  }),
];
