/** From numbers per position and channel to a number per position. Sums in f64, one rounding. */
import type { AttributeMethod } from "./attribute/method.ts";

const STEPS: Readonly<Record<Exclude<AttributeMethod["reduce"], "none">, (sum: number, value: number) => number>> = {
  sum: (sum, value) => sum + value,
  "sum-of-absolutes": (sum, value) => sum + Math.abs(value),
  "largest-absolute": (largest, value) => Math.max(largest, Math.abs(value)),
};

export function reduced(data: Float32Array, how: AttributeMethod["reduce"], channels: number): Float32Array {
  if (how === "none") return data;
  const step = STEPS[how];
  const result = new Float32Array(data.length / channels);
  for (let i = 0; i < result.length; i++) {
    let value = 0;
    for (let k = 0; k < channels; k++) value = step(value, data[i * channels + k]!);
    result[i] = value;
  }
  return result;
}
