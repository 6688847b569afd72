import { defineCam } from "./method.ts";

/**
 * Grad-CAM: L = Σₖ αₖ·Aᵏ with αₖ = mean over positions of ∂y/∂Aᵏ; its positive part is the published map.
 * Selvaraju et al., ICCV 2017, eq. 1–2, https://arxiv.org/abs/1610.02391
 */
export const gradCam = defineCam({
  name: "grad-cam",
  weights: (probe) => probe.meanGradient,
});
