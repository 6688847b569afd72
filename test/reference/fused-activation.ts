/** The clamp that a product applies to its result. Math.max and Math.min keep NaN. */
import type { FusedActivation } from "../../src/ops/fused-activation.ts";
import { mapValues, type NDArray } from "./ndarray.ts";

export function clampedTo(activation: FusedActivation | undefined, y: NDArray): NDArray {
  if (!activation) return y;
  const high = activation.kind === "relu" ? Infinity : activation.max;
  return mapValues(y, (value) => Math.min(Math.max(value, 0), high));
}
