/** The f64 twin of every operator, under the operator's name. */
import type { AttrsOf, OpType } from "../../src/ops/index.ts";
import * as activations from "./activations.ts";
import type { Twin } from "./ndarray.ts";

export const twins: { readonly [T in OpType]: Twin<AttrsOf<T>> } = {
  ...activations,
};
