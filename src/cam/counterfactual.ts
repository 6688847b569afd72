import { defineCam } from "./method.ts";

/**
 * Counterfactual Grad-CAM: αₖ = −mean over positions of ∂y/∂Aᵏ: what would raise the score if it were not there.
 * Selvaraju et al., ICCV 2017, §3.3, https://arxiv.org/abs/1610.02391
 */
export const counterfactual = defineCam({
  name: "counterfactual",
  weights: async ({ meanGradient }) => (await meanGradient).map((value) => -value),
});
