import { showShape } from "../../shape.ts";
import { checkAttr, inputShape, isPositiveCount } from "../check.ts";
import { rearrangement } from "./take.ts";

export interface TileAttrs {
  /** How often x is repeated, along every axis but the batch axis. */
  readonly repeats: readonly number[];
}

/** y[n, i, j, …] = x[n, i mod I, j mod J, …]; an axis of size 1 is expanded. */
export const tile = rearrangement<TileAttrs>({
  shape(inputs, { repeats }, where) {
    const [batch, ...rest] = inputShape(inputs, 0, "x", where);
    const fits = repeats.length === rest.length && repeats.every(isPositiveCount);
    checkAttr(fits, where, "repeats", `of an integer ≥ 1 for each axis of ${showShape(rest)}`, repeats);
    return [batch!, ...rest.map((size, axis) => size * repeats[axis]!)];
  },
  sources: ([, ...rest], { repeats }) => [
    undefined,
    ...rest.map((size, axis) =>
      repeats[axis] === 1 ? undefined : { length: size * repeats[axis]!, of: (i: number) => i % size },
    ),
  ],
});
