/** f64 twins of the poolings: every tap of every window is asked whether it lies in the picture. */
import type { GlobalPoolAttrs } from "../../src/ops/global-pool.ts";
import type { PoolAttrs } from "../../src/ops/pool-geometry.ts";
import { eachIndex, type NDArray, ndarray, offsetOf, required, type Twin } from "./ndarray.ts";

interface Taps {
  values: number[];
  /** Taps in the padded picture. */
  padded: number;
}

function outputSize(input: number, before: number, after: number, axis: 0 | 1, attrs: PoolAttrs): number {
  const { kernel, strides, dilations = [1, 1], ceilMode = false } = attrs;
  const room = input + before + after - dilations[axis] * (kernel[axis] - 1) - 1;
  if (!ceilMode) return Math.floor(room / strides[axis]) + 1;
  const windows = Math.ceil(room / strides[axis]) + 1;
  return (windows - 1) * strides[axis] < input + before ? windows : windows - 1;
}

export function tapsOf(x: NDArray, [n, oh, ow, c]: readonly number[], attrs: PoolAttrs): Taps {
  const [, height, width] = x.shape as readonly [number, number, number, number];
  const { kernel, strides, dilations = [1, 1], padding } = attrs;
  const [top, bottom, left, right] = padding;
  const taps: Taps = { values: [], padded: 0 };
  for (let kh = 0; kh < kernel[0]; kh++) {
    for (let kw = 0; kw < kernel[1]; kw++) {
      const h = oh! * strides[0] - top + kh * dilations[0];
      const w = ow! * strides[1] - left + kw * dilations[1];
      if (h < height + bottom && w < width + right) taps.padded++;
      if (h < 0 || w < 0 || h >= height || w >= width) continue;
      taps.values.push(x.data[((n! * height + h) * width + w) * x.shape[3]! + c!]!);
    }
  }
  return taps;
}

const windowed =
  (f: (taps: Taps, attrs: PoolAttrs) => number): Twin<PoolAttrs> =>
  (inputs, attrs) => {
    const x = required(inputs, 0);
    const [n, h, w, c] = x.shape as readonly [number, number, number, number];
    const [top, bottom, left, right] = attrs.padding;
    const y = ndarray([n, outputSize(h, top, bottom, 0, attrs), outputSize(w, left, right, 1, attrs), c]);
    eachIndex(y.shape, (index, offset) => (y.data[offset] = f(tapsOf(x, index, attrs), attrs)));
    return y;
  };

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const maxPool = windowed(({ values }) => Math.max(...values));
export const avgPool = windowed(
  ({ values, padded }, { countIncludePad = false }) => sum(values) / (countIncludePad ? padded : values.length),
);

const global =
  (f: (values: number[]) => number): Twin<GlobalPoolAttrs> =>
  (inputs, { keepDims }) => {
    const x = required(inputs, 0);
    const [n, , , c] = x.shape as readonly [number, number, number, number];
    const columns = Array.from({ length: n * c }, () => [] as number[]);
    eachIndex(x.shape, (index) => columns[index[0]! * c + index[3]!]!.push(x.data[offsetOf(x.shape, index)]!));
    return ndarray(keepDims ? [n, 1, 1, c] : [n, c], Float64Array.from(columns, f));
  };

export const globalAveragePool = global((values) => sum(values) / values.length);
export const globalMaxPool = global((values) => Math.max(...values));
