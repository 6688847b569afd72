import { firstComponent } from "./first-component.ts";
import { defineCam } from "./method.ts";

/**
 * Eigen-CAM: the projection of A (positions × channels, centred) on its first right singular vector. Without gradients and
 * the same for every class; the sign is chosen so that the largest absolute value is positive.
 * Muhammad & Yeasin, IJCNN 2020, eq. 4, https://arxiv.org/abs/2008.00299
 */
export const eigenCam = defineCam({
  name: "eigen-cam",
  classAgnostic: true,
  map({ activation, channels, products }) {
    const { data, ratio } = firstComponent(activation, channels, products);
    return { data, facts: { eigenvalueRatio: ratio } };
  },
});
