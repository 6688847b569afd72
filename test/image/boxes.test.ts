import { describe, expect, it } from "vitest";
import { boxes } from "../../src/image/boxes.ts";
import type { Map2D } from "../../src/image/image.ts";

/** Digits are tenths, dots are 0. */
function draw(...rows: string[]): Map2D {
  const data = Float32Array.from(rows.join(""), (char) => (char === "." ? 0 : Number(char) / 10));
  return { data, width: rows[0]!.length, height: rows.length };
}

/** The same by flood fill: slow and plain. */
function flooded(map: Map2D, threshold: number): string[] {
  const level = Math.max(...map.data) * threshold;
  const hot = new Set([...map.data.keys()].filter((i) => map.data[i]! >= level));
  const found: string[] = [];
  for (const seed of hot) {
    const region = [seed];
    hot.delete(seed);
    for (const i of region) {
      const x = i % map.width;
      const around = [i - map.width, i + map.width, ...(x > 0 ? [i - 1] : []), ...(x < map.width - 1 ? [i + 1] : [])];
      for (const j of around) if (hot.delete(j)) region.push(j);
    }
    const [xs, ys] = [region.map((i) => i % map.width), region.map((i) => Math.floor(i / map.width))];
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    found.push([x, y, Math.max(...xs) - x + 1, Math.max(...ys) - y + 1].join());
  }
  return found.sort();
}

describe("boxes", () => {
  it("bounds each region and puts the one with most of the map first", () => {
    const map = draw(
      "9.......", //
      "........",
      "..5555..",
      "..5555..",
      ".......1",
    );
    const total = 0.9 + 8 * 0.5 + 0.1;
    const [large, small, ...others] = boxes(map);
    expect(large).toMatchObject({ x: 2, y: 2, width: 4, height: 2 });
    expect(small).toMatchObject({ x: 0, y: 0, width: 1, height: 1 });
    expect(others).toEqual([]);
    expect(large!.score).toBeCloseTo(4 / total, 6);
    expect(small!.score).toBeCloseTo(0.9 / total, 6);
  });

  it("joins a U whose arms meet late, and not what only touches at a corner", () => {
    const map = draw(
      "5..5.", //
      "5..5.",
      "5555.",
      "....5",
    );
    expect(boxes(map).map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
      [0, 0, 4, 3],
      [4, 3, 1, 1],
    ]);
  });

  it("finds the same regions as a flood fill on random maps", () => {
    let state = 7;
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    for (let round = 0; round < 60; round++) {
      const [width, height] = [1 + Math.floor(random() * 20), 1 + Math.floor(random() * 20)];
      const map: Map2D = { data: Float32Array.from({ length: width * height }, () => random() ** 2), width, height };
      const found = boxes(map, { threshold: 0.3 });
      expect(found.map((box) => [box.x, box.y, box.width, box.height].join()).sort()).toEqual(flooded(map, 0.3));
      const shares = found.map((box) => box.score);
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-6);
    }
  });

  it("has no box for a map without positive values", () => {
    expect(boxes(draw("...", "..."))).toEqual([]);
    expect(boxes({ data: Float32Array.of(-1, -2), width: 2, height: 1 })).toEqual([]);
  });

  it("refuses thresholds outside of (0, 1] and maps with NaN", () => {
    for (const threshold of [0, -1, 1.1, Number.NaN]) {
      expect(() => boxes(draw("1"), { threshold })).toThrow(expect.objectContaining({ code: "E_INPUT_VALUE" }));
    }
    expect(() => boxes({ data: Float32Array.of(Number.NaN), width: 1, height: 1 })).toThrow(
      expect.objectContaining({ code: "E_NONFINITE" }),
    );
  });
});
