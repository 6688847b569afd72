/** Ranges of a row-major array as boxes. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { slabs } from "../../src/load/slabs.ts";
import { elements, strides } from "../../src/shape.ts";

/** Flat indices of a box, row-major. */
function indices(shape: readonly number[], offset: readonly number[], count: readonly number[]): number[] {
  const steps = strides(shape);
  return shape.reduce<number[]>(
    (bases, _, axis) =>
      bases.flatMap((base) =>
        Array.from({ length: count[axis]! }, (_, i) => base + (offset[axis]! + i) * steps[axis]!),
      ),
    [0],
  );
}

it("covers exactly the range, in order, with at most two boxes per axis and one of whole rows", () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 0, maxLength: 4 });
  fc.assert(
    fc.property(shapes, fc.nat(), fc.nat(), (shape, a, b) => {
      const total = elements(shape);
      const [start, end] = [a % (total + 1), b % (total + 1)].sort((x, y) => x - y) as [number, number];
      const boxes = [...slabs(shape, start, end)];
      const covered = boxes.flatMap(({ offset, count }) => indices(shape, offset, count));
      expect(covered).toEqual(Array.from({ length: end - start }, (_, i) => start + i));
      expect(boxes.length).toBeLessThanOrEqual(Math.max(1, 2 * shape.length - 1));
    }),
  );
});
