/**
 * How sure a mean over pictures is: the percentile bootstrap. Pictures are drawn again with replacement; 95 % of the means of
 * such draws lie in the interval.
 * Efron, Annals of Statistics 7, 1979, https://doi.org/10.1214/aos/1176344552
 */
import { GradCamError } from "../errors.ts";
import { checkSeed, randomStream } from "../random.ts";
import { mean } from "./curve.ts";

const DRAWS = 2000;
const OUTSIDE = 0.025;

/** A mean, and where means of other pictures would lie. */
export interface Interval {
  readonly mean: number;
  /** Both undefined for a single value, which says nothing about its spread. */
  readonly low?: number;
  readonly high?: number;
}

/**
 * The mean of one value per picture with its 95 % bootstrap interval.
 * @param seed the same seed draws the same pictures, whatever their values: intervals of methods are comparable
 * Throws E_INPUT_VALUE for no values and for those that are not finite, E_OPTION for a seed that is none.
 */
export function meanInterval(values: readonly number[], seed: number): Interval {
  checkSeed(seed);
  const wrong = values.find((value) => !Number.isFinite(value));
  if (values.length === 0 || wrong !== undefined) {
    const got = values.length === 0 ? "none" : String(wrong);
    throw new GradCamError("E_INPUT_VALUE", { where: "meanInterval", expected: "finite values, at least one", got });
  }
  if (values.length < 2) return { mean: mean(values) };
  const { uniform } = randomStream(seed, 0);
  const means = Float64Array.from({ length: DRAWS }, () => {
    return mean(values.map(() => values[Math.floor(uniform(0, values.length))]!));
  }).sort();
  const at = (fraction: number): number => means[Math.round((DRAWS - 1) * fraction)]!;
  return { mean: mean(values), low: at(OUTSIDE), high: at(1 - OUTSIDE) };
}
