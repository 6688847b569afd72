/** Every operator, by the name that graph nodes use. Adding one = one file + one line here + a case in test/ops/cases. */
import {
  clippedRelu,
  elu,
  exponential,
  gelu,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  mish,
  relu,
  selu,
  sigmoid,
  softplus,
  softsign,
  swish,
  tanh,
} from "./activations.ts";
import { add, div, maximum, minimum, mul, sub } from "./arithmetic.ts";
import { avgPool } from "./avg-pool.ts";
import { batchNorm } from "./batch-norm.ts";
import { compare } from "./compare.ts";
import { concat } from "./concat.ts";
import { conv2d } from "./conv2d.ts";
import { convTranspose2d } from "./conv-transpose2d.ts";
import { dense } from "./dense.ts";
import { depthwiseConv2d } from "./depthwise-conv2d.ts";
import { extend } from "./extend.ts";
import { globalAveragePool, globalMaxPool } from "./global-pool.ts";
import { lrn } from "./lrn.ts";
import { matmul } from "./matmul.ts";
import { logSoftmax } from "./log-softmax.ts";
import { maxPool } from "./max-pool.ts";
import type { Op } from "./op.ts";
import { crop, pad } from "./pad.ts";
import { pow } from "./pow.ts";
import { reduce } from "./reduce.ts";
import { reshape } from "./reshape.ts";
import { resize } from "./resize.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { standardize } from "./standardize.ts";
import { tile } from "./tile.ts";
import { transpose } from "./transpose.ts";
import { unary } from "./unary.ts";
import { upsample } from "./upsample.ts";
import { where } from "./where.ts";

export const ops = {
  add,
  avgPool,
  batchNorm,
  clippedRelu,
  compare,
  concat,
  conv2d,
  convTranspose2d,
  crop,
  dense,
  depthwiseConv2d,
  div,
  elu,
  exponential,
  extend,
  gelu,
  globalAveragePool,
  globalMaxPool,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  lrn,
  matmul,
  logSoftmax,
  maximum,
  maxPool,
  minimum,
  mish,
  mul,
  pad,
  pow,
  reduce,
  relu,
  reshape,
  resize,
  selu,
  sigmoid,
  slice,
  softmax,
  softplus,
  softsign,
  standardize,
  sub,
  swish,
  tanh,
  tile,
  transpose,
  unary,
  upsample,
  where,
} as const;

export type OpType = keyof typeof ops;

export type AttrsOf<T extends OpType> = (typeof ops)[T] extends Op<infer Attrs> ? Attrs : never;
