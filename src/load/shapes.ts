/** Shapes declared by a file are checked before anyone multiplies them. */
import { GradCamError } from "../errors.ts";
import { type Shape, showShape } from "../shape.ts";
import type { Limits } from "./limits.ts";
import { show } from "./show.ts";

/** Throws E_SHAPE_INVALID unless `shape` is a list of non-negative integers, E_SHAPE_OVERFLOW beyond the limits. */
export function checkShape(shape: unknown, where: string, limits: Limits): Shape {
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw new GradCamError("E_SHAPE_INVALID", {
      where,
      expected: "a list of non-negative integers",
      got: show(shape),
    });
  }
  if (shape.length > limits.rank) {
    throw new GradCamError("E_SHAPE_INVALID", {
      where,
      expected: `at most ${limits.rank} dimensions (limit rank)`,
      got: String(shape.length),
    });
  }
  const tooLong = shape.find((size) => size > limits.dimension);
  if (tooLong !== undefined) {
    throw new GradCamError("E_SHAPE_OVERFLOW", {
      where,
      expected: `sizes up to ${limits.dimension} (limit dimension)`,
      got: showShape(shape),
    });
  }
  return shape;
}

const isSize = (size: unknown): size is number => Number.isInteger(size) && (size as number) >= 0;

/** How many elements `shape` has. Throws E_SHAPE_OVERFLOW where that is no longer an exact number. */
export function countElements(shape: Shape, where: string): number {
  // With a 0 anywhere the tensor is empty, however large the other sizes are.
  const count = shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
  if (Number.isSafeInteger(count)) return count;
  throw new GradCamError("E_SHAPE_OVERFLOW", {
    where,
    expected: "a number of elements below 2^53",
    got: showShape(shape),
  });
}
