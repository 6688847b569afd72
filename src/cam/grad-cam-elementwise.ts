import { defineCam } from "./method.ts";
import { positive, product } from "./volume.ts";

/**
 * Grad-CAM element by element: L = Σₖ max(0, ∂y/∂Aᵏ ⊙ Aᵏ); positive products only, before the sum.
 * Gildenblat's pytorch-grad-cam, https://github.com/jacobgil/pytorch-grad-cam
 */
export const gradCamElementwise = defineCam({
  name: "grad-cam-elementwise",
  volume: async ({ activation, gradient }) => positive(product(await gradient, activation)),
});
