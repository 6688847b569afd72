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
import { conv2d } from "./conv2d.ts";
import { dense } from "./dense.ts";
import { depthwiseConv2d } from "./depthwise-conv2d.ts";
import type { Op } from "./op.ts";

export const ops = {
  clippedRelu,
  conv2d,
  dense,
  depthwiseConv2d,
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
} as const;

export type OpType = keyof typeof ops;

export type AttrsOf<T extends OpType> = (typeof ops)[T] extends Op<infer Attrs> ? Attrs : never;
