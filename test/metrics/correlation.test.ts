/** Correlations and structural similarity, by what must hold for any numbers. */
import { describe, expect, it } from "vitest";
import { pearson, spearman } from "../../src/metrics/correlation.ts";
import { ssim } from "../../src/metrics/ssim.ts";
import { seeded } from "../support/random.ts";
import { mapOf, SIDE, someMap, PIXELS } from "./laboratory.ts";

const ones = new Float32Array(PIXELS).fill(1);

describe("correlations", () => {
  const draw = (seed: number) => Float32Array.from(seeded(seed).array([50]).data);

  it("are those of the textbook", () => {
    // Kendall's example of ten ranks: ρ = 1 − 6·Σd² / (n³ − n).
    const a = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const b = Float32Array.from([6, 4, 9, 8, 1, 2, 3, 10, 5, 7]);
    const squares = a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
    expect(spearman(a, b)).toBeCloseTo(1 - (6 * squares) / 990, 12);
    expect(pearson([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 12);
  });

  it("share the ranks of equal values", () => {
    expect(spearman(Float32Array.from([1, 1, 2]), Float32Array.from([1, 2, 3]))).toBeCloseTo(Math.sqrt(3) / 2, 12);
    // Ranks ½, ½, 2, 3 and 0, 1, 2, 3: Σab = 4.5, Σaa = 4.5, Σbb = 5 about their means.
    expect(spearman(Float32Array.from([1, 1, 2, 3]), Float32Array.from([1, 2, 3, 4]))).toBeCloseTo(Math.sqrt(0.9), 12);
  });

  it("are symmetric, do not depend on scale, and ranks not on any rising function", () => {
    const [a, b] = [draw(1), draw(2)];
    expect(pearson(a, b)).toBe(pearson(b, a));
    expect(
      pearson(
        a.map((v) => 3 * v + 1),
        b,
      ),
    ).toBeCloseTo(pearson(a, b), 6);
    expect(
      spearman(
        a.map((v) => Math.exp(v)),
        b,
      ),
    ).toBe(spearman(a, b));
    expect([pearson(a, ones.subarray(0, 50)), spearman(ones.subarray(0, 50), a)]).toEqual([0, 0]);
  });
});

describe("structural similarity", () => {
  /** The formula with a window at every place, in f64. */
  function twin(a: Float32Array, b: Float32Array): number {
    const weights = Array.from({ length: 121 }, (_, i) =>
      Math.exp(-((Math.floor(i / 11) - 5) ** 2 + ((i % 11) - 5) ** 2) / 4.5),
    );
    const total = weights.reduce((x, y) => x + y, 0);
    let [sum, places] = [0, 0];
    for (let top = 0; top + 11 <= SIDE; top++) {
      for (let left = 0; left + 11 <= SIDE; left++, places++) {
        const seen = (f: (i: number) => number): number =>
          weights.reduce((s, w, i) => s + (w / total) * f((top + Math.floor(i / 11)) * SIDE + left + (i % 11)), 0);
        const [ma, mb] = [seen((i) => a[i]!), seen((i) => b[i]!)];
        const [va, vb] = [seen((i) => (a[i]! - ma) ** 2), seen((i) => (b[i]! - mb) ** 2)];
        const vab = seen((i) => (a[i]! - ma) * (b[i]! - mb));
        sum += ((2 * ma * mb + 1e-4) * (2 * vab + 9e-4)) / ((ma ** 2 + mb ** 2 + 1e-4) * (va + vb + 9e-4));
      }
    }
    return sum / places;
  }

  it("is the formula's", () => {
    const [a, b] = [someMap(3), someMap(4)];
    expect(ssim(mapOf(a), mapOf(b))).toBeCloseTo(twin(a, b), 10);
    expect(ssim(mapOf(a), mapOf(b))).toBeCloseTo(ssim(mapOf(b), mapOf(a)), 12);
    expect(ssim(mapOf(a), mapOf(a))).toBeCloseTo(1, 12);
  });

  it("is defined for maps that are smaller than its window", () => {
    const small = { data: Float32Array.from([0, 1, 0.5, 0.2, 0.3, 0.9]), width: 3, height: 2 };
    expect(ssim(small, small)).toBeCloseTo(1, 12);
  });
});
