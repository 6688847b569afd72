/** f64 twin of dense. */
import type { DenseAttrs } from "../../src/ops/dense.ts";
import { clampedTo } from "./fused-activation.ts";
import { matmul } from "./gemm.ts";
import { type NDArray, ndarray, required, type Twin } from "./ndarray.ts";

export const dense: Twin<DenseAttrs> = (inputs, { activation, positions = 1 }) => {
  const { shape, data } = matmul(repeated(required(inputs, 0), positions), required(inputs, 1));
  const bias = inputs[2]?.data;
  const biased = ndarray(
    shape,
    data.map((value, i) => value + (bias?.[i % bias.length] ?? 0)),
  );
  return clampedTo(activation, biased);
};

/** Every row as often as there are positions. */
function repeated({ shape, data }: NDArray, positions: number): NDArray {
  const [rows, columns] = shape as readonly [number, number];
  const wide = columns * positions;
  const values = Float64Array.from(
    { length: rows * wide },
    (_, i) => data[Math.floor(i / wide) * columns + (i % columns)]!,
  );
  return ndarray([rows, wide], values);
}
