import { describe, expect, it } from "vitest";
import { heatPicture, matrixPicture } from "../../src/image/matrix-picture.ts";
import { difference, goldenBytes, goldenJson, goldenMap } from "../support/golden-image.ts";

const { cells, allZeroMapColour } = goldenJson("matshow/index.json") as {
  cells: { file: string; map: string }[];
  allZeroMapColour: number[];
};

describe("matrixPicture", () => {
  it.each(cells)("paints matplotlib's cells: $file", ({ file, map }) => {
    const picture = matrixPicture(goldenMap(map, [14, 14]), { cell: 1 });
    expect(difference(picture.data, goldenBytes(file)).count).toBe(0);
  });

  it("draws each cell as a square", () => {
    const map = { data: Float32Array.of(0, 1, 2, 3, 4, 5), width: 3, height: 2 };
    const [small, large] = [matrixPicture(map, { cell: 1 }), matrixPicture(map, { cell: 5 })];
    expect(large).toMatchObject({ width: 15, height: 10, channels: 3 });
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 15; x++) {
        const cell = (Math.floor(y / 5) * 3 + Math.floor(x / 5)) * 3;
        expect(large.data.slice((y * 15 + x) * 3, (y * 15 + x) * 3 + 3)).toEqual(small.data.slice(cell, cell + 3));
      }
    }
  });

  it("has at most 512 pixels a side unless asked, and at least one per cell", () => {
    expect(matrixPicture(goldenMap("opencv/map14x14.f32", [14, 14]))).toMatchObject({ width: 504, height: 504 });
    expect(matrixPicture({ data: new Float32Array(600), width: 600, height: 1 })).toMatchObject({
      width: 600,
      height: 1,
    });
  });

  it("gives a constant map matplotlib's first colour and NaN cells black", () => {
    expect([...matrixPicture({ data: new Float32Array(1), width: 1, height: 1 }, { cell: 1 }).data]).toEqual(
      allZeroMapColour,
    );
    const holed = { data: Float32Array.of(1, Number.NaN, 2), width: 3, height: 1 };
    expect([...matrixPicture(holed, { cell: 1 }).data]).toEqual([68, 1, 84, 0, 0, 0, 253, 231, 36]);
  });
});

describe("heatPicture", () => {
  it("colours values of 0 … 1 without stretching them", () => {
    const map = { data: Float32Array.of(0, 0.5, 2, -1), width: 2, height: 2 };
    expect([...heatPicture(map, { colormap: "gray" }).data]).toEqual([0, 0, 0, 128, 128, 128, 255, 255, 255, 0, 0, 0]);
  });
});
