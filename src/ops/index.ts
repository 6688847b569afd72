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
import { concat } from "./concat.ts";
import { conv2d } from "./conv2d.ts";
import { convTranspose2d } from "./conv-transpose2d.ts";
import { dense } from "./dense.ts";
import { depthwiseConv2d } from "./depthwise-conv2d.ts";
import { extend } from "./extend.ts";
import { globalAveragePool, globalMaxPool } from "./global-pool.ts";
import { lrn } from "./lrn.ts";
import { matmul } from "./matmul.ts";
import { maxPool } from "./max-pool.ts";
import type { Op } from "./op.ts";
import { crop, pad } from "./pad.ts";
import { reshape } from "./reshape.ts";
import { resize } from "./resize.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { tile } from "./tile.ts";
import { transpose } from "./transpose.ts";
import { upsample } from "./upsample.ts";

export const ops = {
  add,
  avgPool,
  batchNorm,
  clippedRelu,
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
  maximum,
  maxPool,
  minimum,
  mish,
  mul,
  pad,
  relu,
  reshape,
  resize,
  selu,
  sigmoid,
  slice,
  softmax,
  softplus,
  softsign,
  sub,
  swish,
  tanh,
  tile,
  transpose,
  upsample,
} as const;

export type OpType = keyof typeof ops;

export type AttrsOf<T extends OpType> = (typeof ops)[T] extends Op<infer Attrs> ? Attrs : never;
