import { channelSums } from "./channel-sums.ts";
import { defineCam, type LayerProbe } from "./method.ts";

/**
 * XGrad-CAM: αₖ = Σᵢⱼ ∂y/∂Aᵏᵢⱼ·Aᵏᵢⱼ / (Σ Aᵏ + ε): gradients weighted by activations. Ill-conditioned where Σ Aᵏ is near 0, as in
 * linear layers. Fu et al., BMVC 2020, eq. 8, https://arxiv.org/abs/2008.02312
 */
async function weights(probe: LayerProbe, epsilon: number): Promise<Float32Array> {
  const { activation, gradient } = probe;
  const g = await gradient;
  const products = channelSums(probe, (i) => g[i]! * activation[i]!);
  const sums = channelSums(probe, (i) => activation[i]!);
  return Float32Array.from(products, (product, k) => product / (sums[k]! + epsilon));
}

/** ε of the authors' code is 1e-6; packages take less, which matters for sums near 0 only. */
export const xGradCam = defineCam({
  name: "xgrad-cam",
  weights: (probe) => weights(probe, 1e-7),
  compat: { torchcam: { weights: (probe) => weights(probe, 1e-8) } },
});
