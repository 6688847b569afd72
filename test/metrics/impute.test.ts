/** Removed pixels, against the linear system solved by elimination. */
import { describe, expect, it } from "vitest";
import { imputed } from "../../src/metrics/impute.ts";
import { seeded } from "../support/random.ts";

const SIZE = { height: 9, width: 12, channels: 2 } as const;

/** Gauss–Jordan with pivots, in f64. */
function eliminated(rows: number[][]): number[] {
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    const best = rows.slice(i).reduce((top, row, k) => (Math.abs(row[i]!) > Math.abs(rows[top]![i]!) ? i + k : top), i);
    [rows[i], rows[best]] = [rows[best]!, rows[i]!];
    const pivot = rows[i]!.map((value) => value / rows[i]![i]!);
    rows[i] = pivot;
    for (let k = 0; k < n; k++) {
      const factor = rows[k]![i]!;
      if (k !== i) rows[k] = rows[k]!.map((value, at) => value - factor * pivot[at]!);
    }
  }
  return rows.map((row) => row[n]!);
}

/** Every removed pixel is the mean of its neighbours, 1/6 and 1/12, weights of those that exist divided by their sum. */
function twin(plane: number[], kept: Uint8Array): number[] {
  const { width, height } = SIZE;
  const removed = [...kept.keys()].filter((pixel) => !kept[pixel]);
  const rows = removed.map((pixel) => {
    const row = removed.map((other) => Number(other === pixel));
    const neighbours = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => ({ dy, dx })));
    const near = neighbours
      .map(({ dy, dx }) => ({
        x: (pixel % width) + dx,
        y: Math.floor(pixel / width) + dy,
        far: Math.abs(dx) + Math.abs(dy),
      }))
      .filter(({ x, y, far }) => far > 0 && x >= 0 && x < width && y >= 0 && y < height)
      .map(({ x, y, far }) => ({ at: y * width + x, weight: far === 1 ? 1 / 6 : 1 / 12 }));
    const sum = near.reduce((total, { weight }) => total + weight, 0);
    let known = 0;
    for (const { at, weight } of near) {
      const place = removed.indexOf(at);
      if (place >= 0) row[place]! -= weight / sum;
      else known += (weight / sum) * plane[at]!;
    }
    return [...row, known];
  });
  const solution = eliminated(rows);
  return plane.map((value, pixel) => (kept[pixel] ? value : solution[removed.indexOf(pixel)]!));
}

describe("removed pixels", () => {
  it.each([0.1, 0.5, 0.95])("solve the linear system where %d are removed", (share) => {
    const pixels = SIZE.width * SIZE.height;
    for (let seed = 0; seed < 5; seed++) {
      const random = seeded(seed + 1);
      const data = Float32Array.from(random.array([pixels * SIZE.channels]).data);
      const draw = random.array([pixels]).data;
      const level = Array.from(draw).sort((a, b) => a - b)[Math.floor(share * pixels)]!;
      const kept = Uint8Array.from(draw, (value) => Number(value >= level));
      const found = imputed({ data, ...SIZE }, kept);
      for (let c = 0; c < SIZE.channels; c++) {
        const plane = Array.from({ length: pixels }, (_, pixel) => data[pixel * SIZE.channels + c]!);
        twin(plane, kept).forEach((value, pixel) => {
          expect(Math.abs(found[pixel * SIZE.channels + c]! - value)).toBeLessThan(1e-3);
        });
      }
    }
  });

  it("keep what is left to the bit and stay within its range", () => {
    const data = Float32Array.from(seeded(9).array([8 * 8]).data);
    const kept = Uint8Array.from(data, (_, i) => Number(i % 3 === 0));
    const found = imputed({ data, height: 8, width: 8, channels: 1 }, kept);
    const left = data.filter((_, i) => kept[i]);
    found.forEach((value, i) => {
      if (kept[i]) expect(value).toBe(data[i]);
      expect(value).toBeGreaterThanOrEqual(Math.min(...left) - 1e-3);
      expect(value).toBeLessThanOrEqual(Math.max(...left) + 1e-3);
    });
  });

  it("are exact where a constant is missing, and 0 where nothing is left", () => {
    const planes = { data: new Float32Array(49).fill(0.7), height: 7, width: 7, channels: 1 };
    const found = imputed(
      planes,
      Uint8Array.from({ length: 49 }, (_, i) => Number(i === 24)),
    );
    found.forEach((value) => expect(value).toBeCloseTo(0.7, 5));
    expect(imputed(planes, new Uint8Array(49)).every((value) => value === 0)).toBe(true);
  });
});
