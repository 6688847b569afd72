import { defineCam } from "./method.ts";
import { channelSums } from "./volume.ts";

/**
 * ShapleyCAM: αₖ = mean over positions of g − ½·H·A, the second-order estimate of the Shapley values of channels; H = ∂²y/∂A².
 * H is the whole Hessian, of the score and of what lies between, as pytorch-grad-cam's double backward has it.
 * Of a logit behind ReLUs it is 0 and the map is Grad-CAM's: the paper's score is `score: "rest"`, logit + log probability.
 * Cai, 2025, eq. 12–15, https://arxiv.org/abs/2501.06261
 */
export const shapleyCam = defineCam({
  name: "shapley-cam",
  async weights(probe) {
    const { activation, channels } = probe;
    const g = await probe.meanGradient;
    const sums = channelSums(await probe.curvature, channels);
    return g.map((value, k) => value - (0.5 * sums[k]! * channels) / activation.length);
  },
});
