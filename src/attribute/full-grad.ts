import { resizeMap } from "../image/resize-map.ts";
import { type BiasTerm, defineAttribution } from "./method.ts";

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
    const first = { ...input, gradient: await probe.gradient, bias: input.data };
    const total = [first, ...terms].reduce((sum, term) => sum + totalOf(term), 0);
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

type Term = Pick<BiasTerm, "gradient" | "bias" | "width" | "height" | "channels">;

const totalOf = ({ gradient, bias }: Term): number => gradient.reduce((sum, g, i) => sum + g * bias[i]!, 0);

/** |b·g| from 0 to 1 over all of it, summed over channels: upsampling is linear, so the sum may come first. */
function psi({ gradient, bias, width, height, channels }: Term) {
  const values = Float64Array.from(gradient, (g, i) => Math.abs(g * bias[i]!));
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const range = values.reduce((a, b) => Math.max(a, b), 0) - low + EPSILON;
  const data = new Float32Array(width * height);
  for (let i = 0; i < data.length; i++) {
    let sum = 0;
    for (let k = 0; k < channels; k++) sum += (values[i * channels + k]! - low) / range;
    data[i] = sum;
  }
  return { data, width, height };
}
