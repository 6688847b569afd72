/** Products of matrices of every tail length, alone, in stacks and in stacks that broadcast, stored either way. */
import { channelsFor, type OpCase, opCase } from "../op-case.ts";

const STACKS = [
  [[], []],
  [[2], [2]],
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], []],
  [[1], [3, 2]],
  [
    [2, 1, 2],
    [3, 1],
  ],
] as const;

export const matmulCases: readonly OpCase[] = [
  opCase({
    op: "matmul",
    trials: 24,
    sample(random, trial) {
      const [frontA, frontB] = STACKS[trial % 6]!;
      const [m, k, p] = [random.int(1, 9), channelsFor(trial), channelsFor(trial * 3 + 2)];
      const [transposeA, transposeB] = [random.pick([false, true]), random.pick([false, true])];
      const a = random.array([...frontA, ...(transposeA ? [k, m] : [m, k])], { scale: 0.5 });
      const b = random.array([...frontB, ...(transposeB ? [p, k] : [k, p])], { scale: 0.5 });
      return { inputs: [a, b], attrs: { transposeA, transposeB } };
    },
  }),
  opCase({
    op: "matmul",
    about: "longer than a block of the product",
    trials: 2,
    sample: (random) => ({
      inputs: [random.array([2, 7, 300], { scale: 0.1 }), random.array([2, 300, 5], { scale: 0.1 })],
      attrs: { transposeA: false, transposeB: false },
    }),
  }),
];
