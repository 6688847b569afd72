/** A range of a row-major array as boxes: HDF5 reads boxes, parameters are streamed as ranges. */
import { elements, type Shape } from "../shape.ts";

export interface Slab {
  readonly offset: readonly number[];
  readonly count: readonly number[];
}

/** The boxes that together are elements start … end−1, in order: the end of a row, whole rows, the beginning of one. */
export function* slabs(shape: Shape, start: number, end: number): Generator<Slab> {
  if (start >= end) return;
  const row = elements(shape.slice(1));
  if (shape.length <= 1) {
    yield { offset: shape.map(() => start), count: shape.map(() => end - start) };
    return;
  }
  const first = Math.ceil(start / row);
  const last = Math.floor(end / row);
  if (first > last) {
    yield* inside(shape, last, start, end);
    return;
  }
  yield* inside(shape, first - 1, start, first * row);
  if (last > first) {
    yield { offset: shape.map((_, axis) => (axis === 0 ? first : 0)), count: [last - first, ...shape.slice(1)] };
  }
  yield* inside(shape, last, last * row, end);
}

/** A range within one row of the first axis. */
function* inside(shape: Shape, index: number, start: number, end: number): Generator<Slab> {
  const row = elements(shape.slice(1));
  for (const { offset, count } of slabs(shape.slice(1), start - index * row, end - index * row)) {
    yield { offset: [index, ...offset], count: [1, ...count] };
  }
}
