import type { Findings, Planes } from "../cam/method.ts";
import { product } from "../cam/volume.ts";
import type { Map2D } from "../image/image.ts";
import { type MapResize, resizeMap } from "../image/resize-map.ts";
import { reduced } from "../cam/reduce.ts";
import { defineAttribution, type InputProbe } from "./method.ts";

/** ψ divides by the largest value and this. */
const EPSILON = 1e-6;
/** pytorch-grad-cam's. */
const CHANNEL_EPSILON = 1e-7;

/**
 * FullGrad: y = ∇ₓy·x + Σ b·∂y/∂(where b is added); the map is ψ(x ⊙ ∇ₓy) + Σ ψ(b ⊙ g) summed over channels, ψ the absolute value
 * brought to 0…1 and upsampled with corners aligned. Terms behind the pooling have no place in it. Clipped activations add their bound
 * where they are saturated; that belongs to the sum, not to the map. `residual` is what is missing of y.
 * Srinivas & Fleuret, NeurIPS 2019, eq. 3 and 6, https://arxiv.org/abs/1905.00780
 */
export const fullGrad = defineAttribution({
  name: "full-grad",
  attribution: (probe) => explained(probe, psi, "bilinear-corners"),
  // fullgrad_cam.py brings every channel to 0…1 by itself, so that channels that matter little weigh as much as others.
  compat: { "pytorch-grad-cam": { attribution: (probe) => explained(probe, psiByChannel, "bilinear") } },
  reduce: "none",
});

async function explained(probe: InputProbe, brought: (term: Planes) => Map2D, resize: MapResize): Promise<Findings> {
  const { input, score } = probe;
  const terms = await probe.biases();
  const first = { ...input, data: product(await probe.gradient, input.data) };
  const total = [first, ...terms].reduce((sum, term) => sum + totalOf(term.data), 0);
  const maps = [first, ...terms.filter(({ kind, height, width }) => kind === "bias" && height * width > 1)];
  const data = new Float32Array(input.width * input.height);
  for (const term of maps) {
    const { data: map } = resizeMap(brought(term), input.width, input.height, resize);
    map.forEach((value, i) => (data[i]! += value));
  }
  return { data, facts: { residual: total - score } };
}

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

/** |b·g| from 0 to 1 over each channel, summed over channels. */
function psiByChannel({ data, width, height, channels }: Planes): Map2D {
  const sums = new Float64Array(width * height);
  for (let c = 0; c < channels; c++) {
    let [low, high] = [Infinity, 0];
    for (let i = c; i < data.length; i += channels) {
      const size = Math.abs(data[i]!);
      if (size < low) low = size;
      if (size > high) high = size;
    }
    const scale = 1 / (high - low + CHANNEL_EPSILON);
    for (let i = c, at = 0; i < data.length; i += channels) sums[at++]! += (Math.abs(data[i]!) - low) * scale;
  }
  return { data: Float32Array.from(sums), width, height };
}
