/** Loops over some axes of a tensor, for operators that join the elements along them to groups: sums, extremes, moments. */
import { elements, type Shape, strides } from "../../shape.ts";
import { checkAttr } from "../check.ts";
import { eachOffset, mergeAxes } from "../loops.ts";

/** The axes as counts from the front; negative ones count from the end. The batch is none of them. Throws E_ATTR_INVALID. */
export function resolveAxes(axes: readonly number[], rank: number, where: string): Set<number> {
  const found = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  const isThere = (axis: number): boolean => Number.isInteger(axis) && axis > 0 && axis < rank;
  const isSound = axes.length > 0 && found.size === axes.length && [...found].every(isThere);
  checkAttr(isSound, where, "axes", `behind the batch that are there, each once, in a tensor of ${rank} axes`, axes);
  return found;
}

/** The shape with 1 in place of these axes: an element for each group. */
export const joinedShape = (shape: Shape, axes: ReadonlySet<number>): number[] =>
  shape.map((size, axis) => (axes.has(axis) ? 1 : size));

/**
 * Calls `visit` with pieces of memory that lie together: where one begins, in the tensor and among the groups, how many elements it
 * has, and whether the next element belongs to the next group (1) or to the same (0). Elements of one group differ along `axes` only.
 */
export function eachRun(
  shape: Shape,
  axes: ReadonlySet<number>,
  visit: (element: number, group: number, size: number, step: number) => void,
): void {
  const own = strides(shape);
  const joined = strides(joinedShape(shape, axes));
  const merged = mergeAxes(
    shape.map((size, axis) => ({ size, steps: [own[axis]!, axes.has(axis) ? 0 : joined[axis]!] })),
  );
  const { size, steps } = merged.at(-1) ?? { size: 1, steps: [1, 0] };
  eachOffset(merged.slice(0, -1), 2, ([element, group]) => {
    visit(element!, group!, size, steps[1]!);
  });
}

/** Calls `visit` with every element and the group that it belongs to. */
export function eachElement(
  shape: Shape,
  axes: ReadonlySet<number>,
  visit: (element: number, group: number) => void,
): void {
  eachRun(shape, axes, (element, group, size, step) => {
    for (let i = 0; i < size; i++) visit(element + i, group + i * step);
  });
}

/** By group: add(… add(start, its first element) …, its last element), in f64. */
export function foldGroups(
  shape: Shape,
  axes: ReadonlySet<number>,
  start: number,
  add: (sum: number, element: number, group: number) => number,
): Float64Array {
  const sums = new Float64Array(elements(joinedShape(shape, axes))).fill(start);
  eachElement(shape, axes, (element, group) => {
    sums[group] = add(sums[group]!, element, group);
  });
  return sums;
}

/** m + ln Σ e^(x − m) with the maximum m: no exponent is positive, so nothing overflows. An infinite m is not taken off. */
export function logSumExp(x: Float32Array, shape: Shape, axes: ReadonlySet<number>): Float64Array {
  const largest = foldGroups(shape, axes, -Infinity, (top, i) => Math.max(top, x[i]!));
  const shift = largest.map((top) => (Number.isFinite(top) ? top : 0));
  const sums = foldGroups(shape, axes, 0, (sum, i, k) => sum + Math.exp(x[i]! - shift[k]!));
  return sums.map((sum, k) => shift[k]! + Math.log(sum));
}
