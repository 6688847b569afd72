/** The f64 twin of every operator, under the operator's name. */
import type { AttrsOf, AnyOpType } from "../../src/ops/index.ts";
import * as activations from "./activations.ts";
import * as arithmetic from "./arithmetic.ts";
import * as elementwise from "./elementwise.ts";
import * as layout from "./layout.ts";
import { conv2d } from "./conv2d.ts";
import { convTranspose2d } from "./conv-transpose2d.ts";
import { dense } from "./dense.ts";
import { depthwiseConv2d } from "./depthwise-conv2d.ts";
import { matmul } from "./matmul.ts";
import type { Twin } from "./ndarray.ts";
import * as normalize from "./normalize.ts";
import { resize } from "./resize.ts";
import * as pool from "./pool.ts";
import * as reductions from "./reductions.ts";
import * as tangents from "./tangent.ts";

export const twins: { readonly [T in AnyOpType]: Twin<AttrsOf<T>> } = {
  ...activations,
  ...arithmetic,
  conv2d,
  convTranspose2d,
  dense,
  depthwiseConv2d,
  ...elementwise,
  ...layout,
  matmul,
  ...normalize,
  ...pool,
  resize,
  ...reductions,
  ...tangents,
};
