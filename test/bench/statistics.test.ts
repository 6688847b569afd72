import { expect, it } from "vitest";
import { quantile, ratio, shuffled, spread, summarize } from "../../bench/statistics.ts";

it("interpolates between order statistics", () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([10, 20, 30, 40, 50], 0.1)).toBe(14);
  expect(summarize([3, 1, 2])).toEqual({ median: 2, p10: 1.2, p90: 2.8, min: 1, count: 3 });
});

it("takes quotients within rounds, so that a slow round disturbs neither", () => {
  const ours = [[10], [10], [100], [10]];
  const theirs = [[5], [5], [50], [5]];
  expect(ratio(ours, theirs)).toMatchObject({ median: 2, p10: 2, p90: 2 });
});

it("calls a series steady only when it is long enough and its end is flat", () => {
  expect(spread([1, 2], 3)).toBe(Infinity);
  expect(spread([9, 2, 2.02, 2], 3)).toBeCloseTo(0.01, 10);
});

it("shuffles without losing anything", () => {
  expect(shuffled([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
});
