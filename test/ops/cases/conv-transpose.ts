/** Transposed convolutions: every stride, dilation, group count and padding, down to one pixel that is spread out. */
import type { Padding, Pair } from "../../../src/shape.ts";
import type { Random } from "../../support/random.ts";
import { channelsFor, type OpCase, opCase } from "../op-case.ts";

const pair = (random: Random, low: number, high: number): Pair => [random.int(low, high), random.int(low, high)];

/** Takes less than everything: what `least` pixels are left with is more than nothing. */
const padding = (random: Random, [height, width]: Pair): Padding => {
  const [top, left] = [random.int(0, Math.min(3, height - 1)), random.int(0, Math.min(3, width - 1))];
  return [top, random.int(0, Math.min(3, height - 1 - top)), left, random.int(0, Math.min(3, width - 1 - left))];
};

function transposed(about: string, channels: (trial: number) => readonly [inC: number, outC: number, groups: number]) {
  return opCase<"convTranspose2d">({
    op: "convTranspose2d",
    about,
    trials: 15,
    sample(random, trial) {
      const kernel = pair(random, 1, 4);
      const strides: Pair = trial % 3 === 0 ? [1, 1] : pair(random, 1, 3);
      const dilations = pair(random, 1, 2);
      const [inC, outC, groups] = channels(trial);
      const [height, width] = trial % 5 === 4 ? ([1, 1] as const) : pair(random, 1, 5);
      const full = ([0, 1] as const).map(
        (axis) => ([height, width][axis]! - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1,
      ) as [number, number];
      const x = random.array([random.int(1, 2), height, width, inC]);
      const w = random.array([...kernel, outC / groups, inC], { scale: 0.3 });
      const b = trial % 4 < 2 ? random.array([outC]) : undefined;
      const outputPadding = trial % 2 ? pair(random, 0, 2) : ([0, 0] as const);
      return {
        inputs: [x, w, b],
        attrs: { strides, dilations, padding: padding(random, full), groups, outputPadding },
      };
    },
  });
}

export const convTransposeCases: readonly OpCase[] = [
  transposed("odd channel counts", (trial) => [channelsFor(trial), channelsFor(trial + 5), 1]),
  transposed("groups", (trial) => [[6, 4, 9, 5][trial % 4]!, [4, 20, 3, 15][trial % 4]!, [2, 4, 3, 5][trial % 4]!]),
  transposed("whole panels of channels", (trial) => [[8, 16, 24][trial % 3]!, [16, 8, 32][trial % 3]!, 1]),
] as readonly OpCase[];
