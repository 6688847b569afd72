import { expect, it } from "vitest";
import { agree, compareScores } from "../../bench/cases/agreement.ts";

const logits = (...first: number[]): Float32Array => Float32Array.from([...first, 0, 0, 0, 0, 0]);

it("accepts the noise of another order of summation", () => {
  const agreement = compareScores(logits(5, 4, 3, 2, 1), logits(5.0001, 4, 3, 2, 1));
  expect(agreement.maxDifference).toBeCloseTo(1e-4, 6);
  expect(agreement.sameTop5).toBe(true);
  expect(agree("forward", agreement)).toBe(true);
});

it.each([
  ["another value", logits(5.01, 4, 3, 2, 1)],
  ["another order", logits(4.99999, 5, 3, 2, 1)],
  ["NaN", logits(5, NaN, 3, 2, 1)],
  ["another length", Float32Array.of(5, 4)],
])("refuses %s", (_, theirs) => {
  expect(agree("forward", compareScores(logits(5, 4, 3, 2, 1), theirs))).toBe(false);
});
