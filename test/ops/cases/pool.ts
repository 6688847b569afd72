/** Poolings over maps of odd sizes, with windows that hang over every side. */
import type { PoolAttrs } from "../../../src/ops/pool-geometry.ts";
import { type Padding, type Pair, resolvePadding } from "../../../src/shape.ts";
import type { Random } from "../../support/random.ts";
import { channelsFor, type OpCase, opCase, type Sample } from "../op-case.ts";

const pair = (random: Random, low: number, high: number): Pair => [random.int(low, high), random.int(low, high)];

/** Each less than the kernel, so that no window is empty. */
function somePadding(random: Random, [kH, kW]: Pair): Padding {
  const below = (kernel: number): number => random.int(0, Math.floor(kernel / 2));
  return [below(kH), below(kH), below(kW), below(kW)];
}

function general(random: Random, trial: number): Sample<PoolAttrs> {
  const kernel = pair(random, 1, 3);
  const x = [random.int(1, 2), random.int(3, 7), random.int(3, 7), channelsFor(trial)];
  const attrs = {
    kernel,
    strides: pair(random, 1, 3),
    padding: somePadding(random, kernel),
    ceilMode: random.pick([true, false]),
    countIncludePad: random.pick([true, false]),
  };
  return { inputs: [random.distinct(x)], attrs };
}

function dilated(random: Random, trial: number): Sample<PoolAttrs> {
  const x = [1, random.int(5, 8), random.int(5, 8), channelsFor(trial)];
  const attrs = {
    kernel: [2, 3] as const,
    strides: pair(random, 1, 2),
    padding: [1, 0, 1, 1] as const,
    dilations: [2, 2] as const,
  };
  return { inputs: [random.distinct(x)], attrs };
}

/** TensorFlow's SAME, down to maps of one pixel: all of the window but one tap is padding. */
function same(random: Random, trial: number): Sample<PoolAttrs> {
  const kernel = pair(random, 2, 3);
  const strides = pair(random, 1, 2);
  const x = [1, random.int(1, 4), random.int(1, 4), channelsFor(trial)];
  return {
    inputs: [random.distinct(x)],
    attrs: { kernel, strides, padding: resolvePadding("same", x, kernel, strides) },
  };
}

/** The pools of VGG and their like. */
function halving(random: Random, trial: number): Sample<PoolAttrs> {
  const x = [2, 2 * random.int(1, 3), 2 * random.int(1, 3), channelsFor(trial)];
  return { inputs: [random.distinct(x)], attrs: { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0] } };
}

export const windowsOf = {
  "of any geometry": general,
  "with dilation": dilated,
  "with SAME padding": same,
  "by two": halving,
};

const windowed = (op: "maxPool" | "avgPool"): OpCase[] =>
  Object.entries(windowsOf).map(([about, sample]) => opCase({ op, about, trials: 15, sample }));

const global = (op: "globalAveragePool" | "globalMaxPool"): OpCase =>
  opCase({
    op,
    trials: 15,
    sample(random, trial) {
      const side = (): number => random.pick([1, 2, 7, 9]);
      return {
        inputs: [random.distinct([random.int(1, 2), side(), side(), channelsFor(trial)])],
        attrs: { keepDims: random.pick([true, false]) },
      };
    },
  });

export const poolCases: readonly OpCase[] = [
  ...windowed("maxPool"),
  ...windowed("avgPool"),
  global("globalAveragePool"),
  global("globalMaxPool"),
];
