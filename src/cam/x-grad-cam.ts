import { defineCam, type LayerProbe } from "./method.ts";
import { channelSums, product } from "./volume.ts";

/**
 * XGrad-CAM: αₖ = Σᵢⱼ ∂y/∂Aᵏᵢⱼ·Aᵏᵢⱼ / (Σ Aᵏ + ε): gradients weighted by activations. Ill-conditioned where Σ Aᵏ is near 0, as in
 * linear layers. Fu et al., BMVC 2020, eq. 8, https://arxiv.org/abs/2008.02312
 */
async function weights(probe: LayerProbe, epsilon: number): Promise<Float32Array> {
  const { activation, channels, gradient } = probe;
  const weighted = channelSums(product(await gradient, activation), channels);
  const sums = channelSums(activation, channels);
  return Float32Array.from(weighted, (sum, k) => sum / (sums[k]! + epsilon));
}

/** ε of the authors' code is 1e-6; packages take less, which matters for sums near 0 only. */
export const xGradCam = defineCam({
  name: "xgrad-cam",
  weights: (probe) => weights(probe, 1e-7),
  compat: { torchcam: { weights: (probe) => weights(probe, 1e-8) } },
});
