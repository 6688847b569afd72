/** What the slow f64 twins of the operators work on: a shape and row-major numbers, nothing clever. */
import { elements, showShape, type Shape } from "../../src/shape.ts";

export interface NDArray {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** An operator as its formula says, in f64 and without regard for speed. */
export type Twin<Attrs = unknown> = (inputs: readonly (NDArray | undefined)[], attrs: Attrs) => NDArray;

/** @param data taken over, not copied; zeros when left out. */
export function ndarray(shape: Shape, data: Float64Array = new Float64Array(elements(shape))): NDArray {
  if (data.length !== elements(shape)) throw new Error(`${data.length} values for shape ${showShape(shape)}`);
  return { shape, data };
}

/** The input at `index`, which the operator cannot do without. */
export function required(inputs: readonly (NDArray | undefined)[], index: number): NDArray {
  const input = inputs[index];
  if (!input) throw new Error(`twin: input ${index} is missing`);
  return input;
}

export const mapValues = (x: NDArray, f: (value: number) => number): NDArray => ndarray(x.shape, x.data.map(f));

/** Calls `visit` with every index of `shape` in row-major order; the array is reused. */
export function eachIndex(shape: Shape, visit: (index: readonly number[], offset: number) => void): void {
  const index = shape.map(() => 0);
  const count = elements(shape);
  for (let offset = 0; offset < count; offset++) {
    visit(index, offset);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** Row-major offset of an index; axes of size 1 are broadcast. */
export function offsetOf(shape: Shape, index: readonly number[]): number {
  return shape.reduce((offset, size, axis) => offset * size + (size === 1 ? 0 : index[axis]!), 0);
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export const norm = (a: ArrayLike<number>): number => Math.sqrt(dot(a, a));

/** ‖got − want‖ / ‖want‖, and 0 when both vanish. */
export function relativeL2(got: ArrayLike<number>, want: ArrayLike<number>): number {
  const difference = norm(Float64Array.from(want, (value, i) => got[i]! - value));
  return difference === 0 ? 0 : difference / norm(want);
}
