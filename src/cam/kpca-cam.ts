import { GradCamError } from "../errors.ts";
import { doublyCentred, gramOfCentred, leading } from "./first-component.ts";
import { defineCam } from "./method.ts";

/** 64×64: a matrix of 128 MiB, a few seconds. */
const MOST_POSITIONS = 4096;

/**
 * KPCA-CAM: the first kernel principal component of the positions, K = tanh(γ·x·y + 1) of the centred activations, doubly centred;
 * sign as in Eigen-CAM. γ = 1/channels. Karmani et al., 2024, https://arxiv.org/abs/2410.00267
 */
export const kpcaCam = defineCam({
  name: "kpca-cam",
  classAgnostic: true,
  map({ activation, channels, width, height, products }) {
    const n = width * height;
    if (n > MOST_POSITIONS) {
      throw new GradCamError("E_METHOD", {
        where: "kpca-cam",
        expected: `a layer of at most ${MOST_POSITIONS} positions: every two of them are compared`,
        got: `${width}×${height}`,
        hint: "take a later layer, or eigen-cam",
      });
    }
    const kernel = gramOfCentred(activation, channels, products).map((product) => Math.tanh(product / channels + 1));
    const { data, ratio } = leading(doublyCentred(kernel, n), n);
    return { data, facts: { eigenvalueRatio: ratio } };
  },
});
