import { defineCam } from "./method.ts";

/**
 * Grad-CAM element by element: L = Σₖ max(0, ∂y/∂Aᵏ ⊙ Aᵏ); positive products only, before the sum.
 * Gildenblat's pytorch-grad-cam, https://github.com/jacobgil/pytorch-grad-cam
 */
export const gradCamElementwise = defineCam({
  name: "grad-cam-elementwise",
  async volume({ activation, gradient }) {
    const g = await gradient;
    return activation.map((a, i) => Math.max(0, g[i]! * a));
  },
});
