/** The f64 twin of every operator, under the operator's name. */
import type { AttrsOf, OpType } from "../../src/ops/index.ts";
import * as activations from "./activations.ts";
import { conv2d } from "./conv2d.ts";
import { dense } from "./dense.ts";
import { depthwiseConv2d } from "./depthwise-conv2d.ts";
import type { Twin } from "./ndarray.ts";

export const twins: { readonly [T in OpType]: Twin<AttrsOf<T>> } = {
  ...activations,
  conv2d,
  dense,
  depthwiseConv2d,
};
