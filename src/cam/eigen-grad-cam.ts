import { firstComponent } from "./first-component.ts";
import { defineCam } from "./method.ts";
import { product } from "./volume.ts";

/**
 * Eigen-Grad-CAM: the first component of ∂y/∂A ⊙ A (positions × channels, centred), which depends on the class; sign as in Eigen-CAM.
 * Gildenblat's pytorch-grad-cam after Muhammad & Yeasin, https://arxiv.org/abs/2008.00299
 */
export const eigenGradCam = defineCam({
  name: "eigen-grad-cam",
  async map({ activation, channels, gradient, products }) {
    const { data, ratio } = firstComponent(product(await gradient, activation), channels, products);
    return { data, facts: { eigenvalueRatio: ratio } };
  },
});
