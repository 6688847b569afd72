/** Loops over some axes of a tensor, for operators that join the elements along them: sums, extremes, moments. */
import { elements, type Shape, strides } from "../shape.ts";
import { checkAttr } from "./check.ts";
import { eachOffset, mergeAxes } from "./loops.ts";

/** The axes as counts from the front; negative ones count from the end. Throws E_ATTR_INVALID. */
export function resolveAxes(axes: readonly number[], rank: number, where: string): Set<number> {
  const found = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  const isThere = (axis: number): boolean => Number.isInteger(axis) && axis >= 0 && axis < rank;
  const isSound = axes.length > 0 && found.size === axes.length && [...found].every(isThere);
  checkAttr(isSound, where, "axes", `that are there, each once, in a tensor of ${rank} axes`, axes);
  return found;
}

/** The shape with 1 in place of these axes, as resolveAxes counts them. */
export const withoutAxes = (shape: Shape, axes: ReadonlySet<number>): number[] =>
  shape.map((size, axis) => (axes.has(axis) ? 1 : size));

/**
 * Walks x in lines of neighbours: elements from…from+length−1 of x belong to element `to` of the tensor in which `axes` have size
 * 1 when `step` is 0, or to its elements to…to+length−1 when it is 1.
 */
export function eachLine(
  shape: Shape,
  axes: ReadonlySet<number>,
  visit: (from: number, to: number, length: number, step: number) => void,
): void {
  const own = strides(shape);
  const joined = strides(withoutAxes(shape, axes));
  const merged = mergeAxes(
    shape.map((size, axis) => ({ size, steps: [own[axis]!, axes.has(axis) ? 0 : joined[axis]!] })),
  );
  const { size, steps } = merged.at(-1) ?? { size: 1, steps: [1, 0] };
  eachOffset(merged.slice(0, -1), 2, ([from, to]) => {
    visit(from!, to!, size, steps[1]!);
  });
}

/** How the elements along an axis become one: value = end(add(… add(start, x₀) …, xₙ₋₁), n). All of it in f64, rounded once. */
export interface Fold {
  readonly start: number;
  readonly add: (sum: number, x: number, y: number) => number;
  readonly end?: (sum: number, count: number) => number;
}

/** The sums of a fold, before its end. */
export function folded(
  { start, add }: Fold,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  shape: Shape,
  axes: ReadonlySet<number>,
): Float64Array {
  const sums = new Float64Array(y.length).fill(start);
  eachLine(shape, axes, (at, line, length, step) => {
    for (let i = 0; i < length; i++) {
      const k = line + i * step;
      sums[k] = add(sums[k]!, x[at + i]!, y[k]!);
    }
  });
  return sums;
}

/** m + ln Σ e^(x − m) with the maximum m: no exponent is positive, so nothing overflows. An infinite m is not taken off. */
export function logSumExp(x: Float32Array, shape: Shape, axes: ReadonlySet<number>): Float64Array {
  const largest = folded(
    { start: -Infinity, add: (top, value) => Math.max(top, value) },
    x,
    none(shape, axes),
    shape,
    axes,
  );
  const shift = largest.map((top) => (Number.isFinite(top) ? top : 0));
  const sums = folded({ start: 0, add: (sum, value, m) => sum + Math.exp(value - m) }, x, shift, shape, axes);
  return sums.map((sum, k) => shift[k]! + Math.log(sum));
}

/** In the place of y for a fold that does not look at it. */
export const none = (shape: Shape, axes: ReadonlySet<number>): Float64Array =>
  new Float64Array(elements(withoutAxes(shape, axes)));
