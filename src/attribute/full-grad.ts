import type { Planes } from "../cam/method.ts";
import { product } from "../cam/volume.ts";
import type { Map2D } from "../image/image.ts";
import { resizeMap } from "../image/resize-map.ts";
import { reduced } from "../cam/reduce.ts";
import { defineAttribution } from "./method.ts";

/** ψ divides by the largest value and this. */
const EPSILON = 1e-6;

/**
 * FullGrad: y = ∇ₓy·x + Σ b·∂y/∂(where b is added); the map is ψ(x ⊙ ∇ₓy) + Σ ψ(b ⊙ g) summed over channels, ψ the absolute value
 * brought to 0…1 and upsampled with corners aligned. Terms behind the pooling have no place in it. Clipped activations add their bound
 * where they are saturated; that belongs to the sum, not to the map. `residual` is what is missing of y.
 * Srinivas & Fleuret, NeurIPS 2019, eq. 3 and 6, https://arxiv.org/abs/1905.00780
 */
export const fullGrad = defineAttribution({
  name: "full-grad",
  async attribution(probe) {
    const { input, score } = probe;
    const terms = await probe.biases();
    const first = { ...input, data: product(await probe.gradient, input.data) };
    const total = [first, ...terms].reduce((sum, term) => sum + totalOf(term.data), 0);
    const maps = [first, ...terms.filter(({ kind, height, width }) => kind === "bias" && height * width > 1)];
    const data = new Float32Array(input.width * input.height);
    for (const term of maps) {
      const { data: map } = resizeMap(psi(term), input.width, input.height, "bilinear-corners");
      map.forEach((value, i) => (data[i]! += value));
    }
    return { data, facts: { residual: total - score } };
  },
  reduce: "none",
});

function totalOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** |b·g| from 0 to 1 over all of it, summed over channels: upsampling is linear, so the sum may come first. */
function psi({ data, width, height, channels }: Planes): Map2D {
  let [low, high] = [Infinity, 0];
  for (const value of data) {
    const size = Math.abs(value);
    if (size < low) low = size;
    if (size > high) high = size;
  }
  const sums = reduced(data, "sum-of-absolutes", channels);
  return { data: sums.map((sum) => (sum - channels * low) / (high - low + EPSILON)), width, height };
}
