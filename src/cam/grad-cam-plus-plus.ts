import { defineCam, type LayerProbe } from "./method.ts";
import { channelSums } from "./volume.ts";

/** |2 + S·g| below which a weight is left out: only where S < 0, in layers whose answers can be negative. */
const LEAST_DENOMINATOR = 1e-12;

/**
 * Grad-CAM++: wₖ = Σᵢⱼ αᵏᵢⱼ·max(0, gᵏᵢⱼ) with α = g² / (2g² + Sₖ·g³) and Sₖ = Σ Aᵏ over all positions. Here in its stable form
 * g / (2 + Sₖ·g) for g > 0; the common factor e^y, which overflows, cancels in any normalised map.
 * Chattopadhay et al., WACV 2018, eq. 10 and 19, https://arxiv.org/abs/1710.11063
 */
export const gradCamPlusPlus = defineCam({
  name: "grad-cam++",
  weights: (probe) => plusPlusWeights(probe),
  compat: {
    // ε beside numbers of the order of g², so that weights depend on the scale of the score.
    "pytorch-grad-cam": {
      weights: (probe) => weightsOf(probe, (g, sum) => g ** 3 / (2 * g ** 2 + sum * g ** 3 + 1e-6)),
    },
    // α is divided in a copy that is thrown away: what remains is g².
    torchcam: { weights: (probe) => weightsOf(probe, (g) => g ** 3) },
  },
});

/** Of the paper, in the stable form. */
export const plusPlusWeights = (probe: LayerProbe): Promise<Float32Array> =>
  weightsOf(probe, (g, sum) => {
    const denominator = 2 + sum * g;
    return Math.abs(denominator) > LEAST_DENOMINATOR ? g / denominator : 0;
  });

/** @param term α·g for g > 0 */
async function weightsOf(probe: LayerProbe, term: (g: number, sum: number) => number): Promise<Float32Array> {
  const { activation, channels, gradient } = probe;
  const g = await gradient;
  const sums = channelSums(activation, channels);
  const weights = new Float64Array(channels);
  for (let i = 0, k = 0; i < g.length; i++, k = k + 1 === channels ? 0 : k + 1) {
    if (g[i]! > 0) weights[k]! += term(g[i]!, sums[k]!);
  }
  return Float32Array.from(weights);
}
