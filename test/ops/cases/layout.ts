/** Operators that only move elements. */
import type { Padding } from "../../../src/shape.ts";
import type { Random } from "../../support/random.ts";
import { channelsFor, type OpCase, opCase } from "../op-case.ts";

const image = (random: Random, trial: number, smallest = 1): number[] => [
  random.int(1, 2),
  random.int(smallest, 5),
  random.int(smallest, 5),
  channelsFor(trial),
];

const frame = (random: Random): Padding => [random.int(0, 2), random.int(0, 2), random.int(0, 2), random.int(0, 2)];

/** Up to three axes behind the batch axis, one of which ends within vectors. */
const anyRank = (random: Random, trial: number): number[] => {
  const rest = Array.from({ length: random.int(1, 3) }, () => random.int(1, 4));
  return [random.int(1, 2), ...rest.with(random.int(0, rest.length - 1), channelsFor(trial))];
};

/** Some of 0…size−1, forwards or backwards. */
function cut(random: Random, size: number): { start: number; size: number; step: number } {
  const step = random.pick([1, 2, 3, -1, -2]);
  const start = random.int(0, size - 1);
  const most = Math.floor((step > 0 ? size - 1 - start : start) / Math.abs(step)) + 1;
  return { start, size: random.pick([most, random.int(1, most)]), step };
}

/** A random order of 0…rank−1. */
function permutation(random: Random, rank: number): number[] {
  const rest = [...Array(rank).keys()];
  return Array.from({ length: rank }, () => rest.splice(random.int(0, rest.length - 1), 1)[0]!);
}

export const layoutCases: readonly OpCase[] = [
  opCase({
    op: "concat",
    trials: 15,
    sample(random, trial) {
      const axis = random.pick([-1, 3, 1, 2, 0]);
      const shape = image(random, trial);
      const inputs = Array.from({ length: random.int(1, 4) }, () =>
        random.array(shape.with(axis, axis === -1 || axis === 3 ? random.int(1, 9) : random.int(1, 3))),
      );
      return { inputs, attrs: { axis } };
    },
  }),
  opCase({
    op: "concat",
    about: "of rows longer than a copy by hand",
    trials: 3,
    sample: (random) => ({ inputs: [random.array([2, 300]), random.array([2, 257])], attrs: { axis: 1 } }),
  }),
  opCase({
    op: "pad",
    sample: (random, trial) => ({
      inputs: [random.array(image(random, trial))],
      attrs: { padding: frame(random), value: random.pick([0, -1.5]) },
    }),
  }),
  opCase({
    op: "crop",
    sample: (random, trial) => ({
      inputs: [random.array(image(random, trial, 5))],
      attrs: { cropping: frame(random) },
    }),
  }),
  opCase({
    op: "slice",
    trials: 24,
    sample(random, trial) {
      const x = random.array(anyRank(random, trial));
      const cuts = x.shape.slice(1).map((size) => cut(random, size));
      const attrs = {
        starts: cuts.map((c) => c.start),
        sizes: cuts.map((c) => c.size),
        steps: cuts.map((c) => c.step),
      };
      return { inputs: [x], attrs };
    },
  }),
  opCase({
    op: "tile",
    sample(random, trial) {
      const x = random.array(anyRank(random, trial));
      return { inputs: [x], attrs: { repeats: x.shape.slice(1).map(() => random.int(1, 3)) } };
    },
  }),
  ...(["constant", "edge", "reflect", "symmetric", "wrap"] as const).map((mode) =>
    opCase<"extend">({
      op: "extend",
      about: mode,
      sample(random, trial) {
        const x = random.array(anyRank(random, trial));
        const added = (): number[] => x.shape.slice(1).map(() => random.pick([0, random.int(0, 5)]));
        return { inputs: [x], attrs: { before: added(), after: added(), mode, value: random.pick([0, -1.5]) } };
      },
    }),
  ),
  opCase({
    op: "reshape",
    sample(random, trial) {
      const [n, h, w, c] = image(random, trial) as [number, number, number, number];
      const shape = random.pick([[h * w * c], [w, h, c], [h * w, 1, c]]);
      return { inputs: [random.array([n, h, w, c])], attrs: { shape } };
    },
  }),
  opCase({
    op: "transpose",
    trials: 24,
    sample(random, trial) {
      const rank = random.int(2, 5);
      const shape = Array.from({ length: rank }, () => random.int(1, 4)).with(
        random.int(0, rank - 1),
        channelsFor(trial),
      );
      return { inputs: [random.array(shape)], attrs: { perm: permutation(random, rank) } };
    },
  }),
  opCase({
    op: "transpose",
    about: "between NCHW and NHWC",
    sample: (random, trial) => ({
      inputs: [random.array([2, channelsFor(trial), random.int(1, 6), random.int(1, 6)])],
      attrs: {
        perm: random.pick([
          [0, 2, 3, 1],
          [0, 3, 1, 2],
        ]),
      },
    }),
  }),
  ...(["nearest", "bilinear"] as const).map((mode) =>
    opCase<"upsample">({
      op: "upsample",
      about: mode,
      sample: (random, trial) => ({
        inputs: [random.array(image(random, trial))],
        attrs: { factor: [random.int(1, 4), random.int(1, 3)], mode },
      }),
    }),
  ),
];
