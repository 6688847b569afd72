/** Parameters that the graph wants with their axes in another order than the file has them, read piece by piece. */
import { describe, expect, it } from "vitest";
import { readParameter } from "../../src/graph/parameter.ts";
import { elements, strides } from "../../src/shape.ts";

/** Elements by their places, one at a time. */
function permuted(values: Float32Array, stored: readonly number[], permutation: readonly number[]): Float32Array {
  const shape = permutation.map((axis) => stored[axis]!);
  const [from, to] = [strides(stored), strides(shape)];
  return values.map((_, position) => {
    const place = shape.map((size, k) => Math.floor(position / to[k]!) % size);
    return values[place.reduce((sum, at, k) => sum + at * from[permutation[k]!]!, 0)]!;
  });
}

describe("a parameter in another order", () => {
  it.each<[stored: readonly number[], permutation: readonly number[]]>([
    [
      [3, 5],
      [1, 0],
    ],
    [
      [1, 130],
      [1, 0],
    ],
    [
      [130, 1],
      [1, 0],
    ],
    [
      [65, 129],
      [1, 0],
    ],
    // More than one piece, which ends within a row.
    [
      [1100, 1003],
      [1, 0],
    ],
    [
      [700, 1701],
      [1, 0],
    ],
    [
      [8, 6, 3, 5],
      [2, 3, 1, 0],
    ],
    [
      [40, 30, 31, 33],
      [0, 2, 3, 1],
    ],
  ])("%j by %j", async (stored, permutation) => {
    const values = Float32Array.from({ length: elements(stored) }, (_, i) => i);
    const source = { length: values.length, read: (start: number, end: number) => values.subarray(start, end) };
    const got = await readParameter({ source, stored, permutation });
    const wanted = permuted(values, stored, permutation);
    expect(got.findIndex((value, i) => value !== wanted[i])).toBe(-1);
  });
});
