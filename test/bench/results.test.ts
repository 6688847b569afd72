/** What a record keeps of its numbers. */
import { describe, expect, it } from "vitest";
import { rounded } from "../../bench/results.ts";

describe("a number in a record", () => {
  it.each([
    [125.63804, 125.638],
    [1.00006, 1.0001],
    [0.033612, 0.03361],
    [-5.57123e-7, -5.571e-7],
    [15, 15],
    [0, 0],
  ])("%d is written as %d: differences of 1e-7 are not lost", (value, written) => {
    expect(rounded("", value)).toBe(written);
  });
});
