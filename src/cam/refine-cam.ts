import { plusPlusWeights } from "./grad-cam-plus-plus.ts";
import { defineCam } from "./method.ts";

/**
 * RefineCAM: Πₗ norm01(Lₗ), the product of the Grad-CAM++ maps of layers of different sizes, each brought to the size of the largest and to
 * 0…1: coarse maps say where to look, fine ones what is there. `layer` is the last of them, the others are the last layers of the
 * next larger maps; or a list of the layers themselves. 2026, https://arxiv.org/abs/2605.14641
 */
export const refineCam = defineCam({
  name: "refine-cam",
  stages: 3,
  weights: (probe) => plusPlusWeights(probe),
});
