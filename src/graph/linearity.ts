/** What every operator does to its operands that are no parameters: what heads and bias terms may be taken for. */
import type { OpType } from "../ops/index.ts";

/**
 * linear: f(a·x + b·y) = a·f(x) + b·f(y). affine: that and a constant. homogeneous: f(t·x) = t·f(x) for t > 0, linear piece by
 * piece. clipped: the same up to a bound. curved: none of these, or not known to be.
 */
type Linearity = "linear" | "affine" | "homogeneous" | "clipped" | "curved";

export const LINEARITY: Readonly<Record<OpType, Linearity>> = {
  add: "linear",
  avgPool: "linear",
  batchNorm: "affine",
  clippedRelu: "clipped",
  concat: "linear",
  conv2d: "affine",
  convTranspose2d: "affine",
  crop: "linear",
  dense: "affine",
  depthwiseConv2d: "affine",
  div: "curved",
  elu: "curved",
  exponential: "curved",
  extend: "affine",
  gelu: "curved",
  globalAveragePool: "linear",
  globalMaxPool: "homogeneous",
  hardSigmoid: "curved",
  hardSwish: "curved",
  leakyRelu: "homogeneous",
  lrn: "curved",
  matmul: "curved",
  maximum: "homogeneous",
  maxPool: "homogeneous",
  minimum: "homogeneous",
  mish: "curved",
  mul: "curved",
  pad: "affine",
  relu: "homogeneous",
  reshape: "linear",
  resize: "linear",
  selu: "curved",
  sigmoid: "curved",
  slice: "linear",
  softmax: "curved",
  softplus: "curved",
  softsign: "curved",
  sub: "linear",
  swish: "curved",
  tanh: "curved",
  tile: "linear",
  transpose: "linear",
  upsample: "linear",
};
