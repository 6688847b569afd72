/** Numbers as int8 with one scale per column. */
import { expect, it } from "vitest";
import { quantize } from "../../src/graph/quantize.ts";

const quantized = (values: readonly number[], rows: number, columns: number) => {
  const into = new Int8Array(values.length);
  const scales = new Float32Array(values.length / rows);
  quantize(Float32Array.from(values), { rows, columns }, scales, into);
  return { scales: [...scales], into: [...into] };
};

it("rounds every column by its largest number, in every block", () => {
  const { scales, into } = quantized([127, -2, 1, 0.5, -254, 0, 3, 0], 2, 2);
  expect(scales).toEqual([1, 2 / 127, 2, 0].map(Math.fround));
  expect(into).toEqual([127, -127, 1, 32, -127, 0, 2, 0]);
});

it("leaves no number where there was none: the column's scale is none either", () => {
  const { scales } = quantized([NaN, Infinity, 127, 1, 1, 127], 2, 3);
  expect(scales).toEqual([NaN, Infinity, 1]);
});
