/** Shape arithmetic: pure functions on lists of sizes. Activations are NHWC, kernels HWIO. */
import { GradCamError } from "./errors.ts";

export type Shape = readonly number[];

/** Explicit zero padding in pixels, each ≥ 0. */
export type Padding = readonly [top: number, bottom: number, left: number, right: number];
export type Pair = readonly [h: number, w: number];

export const elements = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

export const showShape = (shape: Shape): string => `[${shape.join(",")}]`;

/** Row-major strides in elements. */
export function strides(shape: Shape): number[] {
  const result = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result[axis] = step;
    step *= shape[axis]!;
  }
  return result;
}

/** NumPy broadcasting of two shapes. Throws E_SHAPE when they do not fit. */
export function broadcast(a: Shape, b: Shape, where: string): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new GradCamError("E_SHAPE", {
        where,
        expected: `a shape that broadcasts with ${showShape(a)}`,
        got: showShape(b),
      });
    }
    return left === 1 ? right : left;
  });
}

/** What a window sliding over one axis needs to know. */
export interface WindowAxis {
  input: number;
  kernel: number;
  stride: number;
  dilation: number;
}

/** floor((in + pad − dilation·(k−1) − 1) / stride) + 1, or with ceil when `ceilMode`. */
export function windowOutput(axis: WindowAxis, padding: number, ceilMode = false): number {
  const reach = axis.dilation * (axis.kernel - 1) + 1;
  const steps = (axis.input + padding - reach) / axis.stride;
  return (ceilMode ? Math.ceil(steps) : Math.floor(steps)) + 1;
}

/** TensorFlow's SAME: out = ceil(in/stride); the odd pixel of padding goes after. */
export function samePadding(axis: WindowAxis): [before: number, after: number] {
  const output = Math.ceil(axis.input / axis.stride);
  const reach = axis.dilation * (axis.kernel - 1) + 1;
  const total = Math.max(0, (output - 1) * axis.stride + reach - axis.input);
  return [total >> 1, total - (total >> 1)];
}

/** Resolves "same" | "valid" for a two-dimensional window over an NHWC input. */
export function resolvePadding(
  padding: "same" | "valid" | Padding,
  input: Shape,
  kernel: Pair,
  stride: Pair,
  dilation: Pair = [1, 1],
): Padding {
  if (padding === "valid") return [0, 0, 0, 0];
  if (padding !== "same") return padding;
  const [top, bottom] = samePadding({ input: input[1]!, kernel: kernel[0], stride: stride[0], dilation: dilation[0] });
  const [left, right] = samePadding({ input: input[2]!, kernel: kernel[1], stride: stride[1], dilation: dilation[1] });
  return [top, bottom, left, right];
}
