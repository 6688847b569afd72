import { showShape } from "../../shape.ts";
import { checkAttr, inputShape, isPositiveCount } from "../check.ts";
import { rearrangement } from "./take.ts";

/** Lists over all axes but the batch axis. */
export interface SliceAttrs {
  /** The index that comes first. */
  readonly starts: readonly number[];
  /** How many are taken. */
  readonly sizes: readonly number[];
  /** From one to the next; negative goes backwards. */
  readonly steps: readonly number[];
}

/** y[n, i, j, …] = x[n, start₀ + i·step₀, start₁ + j·step₁, …] */
export const slice = rearrangement<SliceAttrs>({
  shape(inputs, { starts, sizes, steps }, where) {
    const [batch, ...rest] = inputShape(inputs, 0, "x", where);
    for (const [name, list] of [
      ["starts", starts],
      ["sizes", sizes],
      ["steps", steps],
    ] as const) {
      checkAttr(list.length === rest.length, where, name, `for each axis of ${showShape(rest)}`, list);
      checkAttr(list.every(Number.isInteger), where, name, "of integers", list);
    }
    checkAttr(sizes.every(isPositiveCount), where, "sizes", "≥ 1", sizes);
    checkAttr(!steps.includes(0), where, "steps", "other than 0", steps);
    const isInside = rest.every((size, axis) => {
      const [first, last] = [starts[axis]!, starts[axis]! + (sizes[axis]! - 1) * steps[axis]!];
      return Math.min(first, last) >= 0 && Math.max(first, last) < size;
    });
    checkAttr(isInside, where, "starts, with sizes and steps,", `inside of ${showShape(rest)}`, starts);
    return [batch!, ...sizes];
  },
  sources: ([, ...rest], { starts, sizes, steps }) => [
    undefined,
    ...rest.map((size, axis) =>
      sizes[axis] === size && steps[axis] === 1
        ? undefined
        : { length: sizes[axis]!, of: (i: number) => starts[axis]! + i * steps[axis]! },
    ),
  ],
});
