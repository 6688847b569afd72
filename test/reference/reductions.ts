/** f64 twins of operators over axes: the elements of one group are gathered, then the formula is applied to the list. */
import type { LogSoftmaxAttrs } from "../../src/ops/files/log-softmax.ts";
import type { ReduceAttrs } from "../../src/ops/files/reduce.ts";
import type { StandardizeAttrs } from "../../src/ops/files/standardize.ts";
import { eachIndex, type NDArray, ndarray, offsetOf, required, type Twin } from "./ndarray.ts";

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const FOLDS: Readonly<Record<ReduceAttrs["fn"], (values: readonly number[]) => number>> = {
  sum: sumOf,
  mean: (values) => sumOf(values) / values.length,
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  prod: (values) => values.reduce((product, value) => product * value, 1),
  l1: (values) => sumOf(values.map(Math.abs)),
  l2: (values) => Math.sqrt(sumOf(values.map((value) => value ** 2))),
  sumSquare: (values) => sumOf(values.map((value) => value ** 2)),
  logSum: (values) => Math.log(sumOf(values)),
  logSumExp: (values) => Math.log(sumOf(values.map(Math.exp))),
};

/** Offsets of x by the group that they belong to: elements that differ along `axes` only. */
function groups({ shape }: NDArray, axes: readonly number[]): { joined: number[]; members: number[][] } {
  const isGone = (axis: number): boolean => axes.includes(axis) || axes.includes(axis - shape.length);
  const joined = shape.map((size, axis) => (isGone(axis) ? 1 : size));
  const members = Array.from({ length: joined.reduce((product, size) => product * size, 1) }, (): number[] => []);
  eachIndex(shape, (index, offset) => members[offsetOf(joined, index)]!.push(offset));
  return { joined, members };
}

export const reduce: Twin<ReduceAttrs> = (inputs, { fn, axes, keepDims }) => {
  const x = required(inputs, 0);
  const { joined, members } = groups(x, axes);
  const y = Float64Array.from(members, (offsets) => FOLDS[fn](offsets.map((at) => x.data[at]!)));
  const gone = new Set(axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis)));
  return ndarray(keepDims ? joined : joined.filter((_, axis) => !gone.has(axis)), y);
};

/** Every group replaced by what `f` makes of it. */
function byGroup(x: NDArray, axes: readonly number[], f: (values: readonly number[]) => readonly number[]): NDArray {
  const y = ndarray(x.shape);
  for (const offsets of groups(x, axes).members) {
    f(offsets.map((at) => x.data[at]!)).forEach((value, i) => (y.data[offsets[i]!] = value));
  }
  return y;
}

export const standardize: Twin<StandardizeAttrs> = (inputs, { axes, epsilon, center }) =>
  byGroup(required(inputs, 0), axes, (values) => {
    const mean = center ? sumOf(values) / values.length : 0;
    const variance = sumOf(values.map((value) => (value - mean) ** 2)) / values.length;
    return values.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
  });

export const logSoftmax: Twin<LogSoftmaxAttrs> = (inputs, { axis }) =>
  byGroup(required(inputs, 0), [axis], (values) => {
    const total = sumOf(values.map((value) => Math.exp(value - values[0]!)));
    return values.map((value) => value - values[0]! - Math.log(total));
  });
