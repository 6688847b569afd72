/**
 * Operators of networks that files describe and the architectures of `zoo/` do without: no part of the core, but loaded with the first
 * such file. Adding one = one file + one line here + a case in test/ops/cases.
 */
import { elu, exponential, gelu, leakyRelu, mish, selu, softplus, softsign, tanh } from "./activations.ts";
import { compare } from "./compare.ts";
import { convTranspose2d } from "./conv-transpose2d.ts";
import { extend } from "./extend.ts";
import { logSoftmax } from "./log-softmax.ts";
import { lrn } from "./lrn.ts";
import { matmul } from "./matmul.ts";
import { pow } from "./pow.ts";
import { reduce } from "./reduce.ts";
import { resize } from "./resize.ts";
import { slice } from "./slice.ts";
import { standardize } from "./standardize.ts";
import { tile } from "./tile.ts";
import { unary } from "./unary.ts";
import { upsample } from "./upsample.ts";
import { where } from "./where.ts";

export const fileOps = {
  compare,
  convTranspose2d,
  elu,
  exponential,
  extend,
  gelu,
  leakyRelu,
  logSoftmax,
  lrn,
  matmul,
  mish,
  pow,
  reduce,
  resize,
  selu,
  slice,
  softplus,
  softsign,
  standardize,
  tanh,
  tile,
  unary,
  upsample,
  where,
} as const;
