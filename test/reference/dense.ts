/** f64 twin of dense. */
import type { DenseAttrs } from "../../src/ops/dense.ts";
import { clampedTo } from "./fused-activation.ts";
import { matmul } from "./gemm.ts";
import { ndarray, required, type Twin } from "./ndarray.ts";

export const dense: Twin<DenseAttrs> = (inputs, { activation }) => {
  const { shape, data } = matmul(required(inputs, 0), required(inputs, 1));
  const bias = inputs[2]?.data;
  const biased = ndarray(
    shape,
    data.map((value, i) => value + (bias?.[i % bias.length] ?? 0)),
  );
  return clampedTo(activation, biased);
};
