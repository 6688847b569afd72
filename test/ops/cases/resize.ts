/** Larger, smaller and one pixel, by every filter and every convention about places. */
import type { Pair, Shape } from "../../../src/shape.ts";
import type { Random } from "../../support/random.ts";
import { channelsFor, type OpCase, opCase } from "../op-case.ts";

const COORDINATES = [
  "half-pixel",
  "pytorch-half-pixel",
  "align-corners",
  "asymmetric",
  "half-pixel-symmetric",
] as const;
const ROUNDINGS = ["floor", "ceil", "prefer-floor", "prefer-ceil"] as const;

/** A size, stated by scales of which it is the whole part, or by itself. */
function target(random: Random, trial: number, [, height, width]: Shape): { size: Pair; scales?: Pair } {
  const side = (): number => random.pick([1, random.int(1, 7)]);
  if (trial % 6 === 5) {
    const scales: Pair = [random.pick([0.5, 0.75, 1.25, 2.5]), random.pick([0.625, 1.5, 1])];
    const size: Pair = [Math.floor(height! * scales[0]), Math.floor(width! * scales[1])];
    if (!size.includes(0)) return { size, scales };
  }
  return { size: trial % 7 === 3 ? [height!, side()] : [side() + (trial % 4), side()] };
}

export const resizeCases: readonly OpCase[] = (["nearest", "linear", "cubic"] as const).map((mode) =>
  opCase<"resize">({
    op: "resize",
    about: mode,
    trials: 30,
    sample(random, trial) {
      const side = (): number => random.pick([1, random.int(1, 7)]);
      const x = random.array([random.int(1, 2), side(), side(), channelsFor(trial)]);
      const coordinates = COORDINATES[trial % 5]!;
      const filter = {
        ...(mode === "nearest" && trial % 2 === 1 && { rounding: random.pick(ROUNDINGS) }),
        ...(mode === "cubic" && trial % 3 === 1 && { cubic: -0.5 }),
        // A filter that may go outside of x and finds nothing there has no weight at all.
        ...(mode !== "nearest" && trial % 4 === 2 && coordinates !== "asymmetric" && { excludeOutside: true }),
        ...(mode !== "nearest" && trial % 3 === 2 && { antialias: true }),
      };
      return { inputs: [x], attrs: { ...target(random, trial, x.shape), mode, coordinates, ...filter } };
    },
  }),
);
