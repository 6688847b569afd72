/** The operators of the core, by the name that graph nodes use; those that only files need are in files/. Adding one = one file + one line here + a case in test/ops/cases. */
import { clippedRelu, hardSigmoid, hardSwish, relu, sigmoid, swish } from "./activations.ts";
import { add, div, maximum, minimum, mul, sub } from "./arithmetic.ts";
import { avgPool } from "./avg-pool.ts";
import { batchNorm } from "./batch-norm.ts";
import { concat } from "./concat.ts";
import { conv2d } from "./conv2d.ts";
import { dense } from "./dense.ts";
import { depthwiseConv2d } from "./depthwise-conv2d.ts";
import { globalAveragePool, globalMaxPool } from "./global-pool.ts";
import { maxPool } from "./max-pool.ts";
import type { fileOps } from "./files/index.ts";
import type { Op } from "./op.ts";
import { crop, pad } from "./pad.ts";
import { reshape } from "./reshape.ts";
import { softmax } from "./softmax.ts";
import type { tangentOps } from "./tangent/index.ts";
import { transpose } from "./transpose.ts";

export const ops = {
  add,
  avgPool,
  batchNorm,
  clippedRelu,
  concat,
  conv2d,
  crop,
  dense,
  depthwiseConv2d,
  div,
  globalAveragePool,
  globalMaxPool,
  hardSigmoid,
  hardSwish,
  maximum,
  maxPool,
  minimum,
  mul,
  pad,
  relu,
  reshape,
  sigmoid,
  softmax,
  sub,
  swish,
  transpose,
} as const;

type AllOps = typeof ops & typeof fileOps & typeof tangentOps;

/** What networks are made of. */
export type OpType = keyof (typeof ops & typeof fileOps);

/** With what only graphs of tangents have (graph/tangent.ts). */
export type AnyOpType = keyof AllOps;

export type AttrsOf<T extends AnyOpType> = AllOps[T] extends Op<infer Attrs> ? Attrs : never;

/** Operators by their names, where those of the core are not enough. */
export type OpTable = Readonly<Record<string, Op>>;
