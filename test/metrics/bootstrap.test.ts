/** Intervals of means. */
import { describe, expect, it } from "vitest";
import { meanInterval } from "../../src/node.ts";
import { randomStream } from "../../src/random.ts";

describe("the bootstrap interval of a mean", () => {
  const sample = (seed: number): number[] => {
    const { normal } = randomStream(seed, 9);
    return Array.from({ length: 40 }, () => 3 + 2 * normal());
  };

  it("holds the true mean about 95 times in a hundred", () => {
    const held = Array.from({ length: 400 }, (_, seed) => meanInterval(sample(seed), seed)).filter(
      ({ low, high }) => low! <= 3 && high! >= 3,
    );
    // Of 400 trials at 95 %, four standard deviations are 17; the percentile method is a little narrow.
    expect(held.length).toBeGreaterThan(360);
    expect(held.length).toBeLessThan(397);
  });

  it("is as wide as theory says: ±1.96 standard errors", () => {
    const values = sample(5);
    const { mean, low, high } = meanInterval(values, 1);
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    const theory = (2 * 1.96 * deviation) / Math.sqrt(values.length);
    expect(Math.abs((high! - low!) / theory - 1)).toBeLessThan(0.08);
  });

  it("is the same for the same seed, nothing wide for equal values and unknown for one", () => {
    expect(meanInterval([1, 2, 4], 7)).toEqual(meanInterval([1, 2, 4], 7));
    expect(meanInterval([0.5, 0.5], 0)).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
    expect(meanInterval([0.25], 0)).toEqual({ mean: 0.25 });
  });

  it.each([
    [[], 0, "E_INPUT_VALUE"],
    [[1, NaN], 0, "E_INPUT_VALUE"],
    [[Infinity], 0, "E_INPUT_VALUE"],
    [[1, 2], 0.5, "E_OPTION"],
  ] as const)("refuses values %j with seed %d as %s instead of answering NaN", (values, seed, code) => {
    expect(() => meanInterval(values, seed)).toThrow(expect.objectContaining({ code }));
  });
});
