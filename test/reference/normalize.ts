/** f64 twins of batch norm and softmax: along the last axis, as their formulas say. */
import type { LrnAttrs } from "../../src/ops/files/lrn.ts";
import type { BatchNormAttrs } from "../../src/ops/batch-norm.ts";
import type { NoAttrs } from "../../src/ops/op.ts";
import { mapValues, ndarray, required, type Twin } from "./ndarray.ts";

export const batchNorm: Twin<BatchNormAttrs> = (inputs, { epsilon }) => {
  const [x, mean, variance] = [required(inputs, 0), required(inputs, 3), required(inputs, 4)];
  const [, gamma, beta] = inputs;
  const channels = x.shape.at(-1)!;
  const normalized = x.data.map((value, i) => {
    const c = i % channels;
    const unit = (value - mean.data[c]!) / Math.sqrt(variance.data[c]! + epsilon);
    return unit * (gamma?.data[c] ?? 1) + (beta?.data[c] ?? 0);
  });
  return ndarray(x.shape, normalized);
};

export const softmax: Twin<NoAttrs> = (inputs) => {
  const x = required(inputs, 0);
  const cols = x.shape.at(-1)!;
  const y = mapValues(x, () => 0);
  for (let row = 0; row < x.data.length; row += cols) {
    const values = x.data.subarray(row, row + cols);
    const exponentials = values.map((value) => Math.exp(value - Math.max(...values)));
    const total = exponentials.reduce((sum, value) => sum + value, 0);
    exponentials.forEach((value, c) => (y.data[row + c] = value / total));
  }
  return y;
};

export const lrn: Twin<LrnAttrs> = (inputs, { size, alpha, beta, bias }) => {
  const x = required(inputs, 0);
  const channels = x.shape.at(-1)!;
  const data = x.data.map((value, at) => {
    const c = at % channels;
    const window = [...Array(size).keys()].map((k) => c - Math.floor((size - 1) / 2) + k);
    const squares = window.map((k) => (k >= 0 && k < channels ? x.data[at - c + k]! ** 2 : 0));
    return value / (bias + (alpha / size) * squares.reduce((sum, square) => sum + square, 0)) ** beta;
  });
  return ndarray(x.shape, data);
};
