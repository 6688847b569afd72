import { GradCamError } from "../errors.ts";
import { defineCam } from "./method.ts";

/** Gradients that differ by more from position to position, relative to the largest, do not come from a mean. */
const SAME = 1e-5;

/**
 * CAM: L = Σₖ W[k, c]·Aᵏ, W the weights of the one dense layer behind a global average pooling; without its bias. W[k, c] is the sum
 * over positions of ∂y/∂Aᵏ, which is the same everywhere there. Zhou et al., CVPR 2016, eq. 2, https://arxiv.org/abs/1512.04150
 */
export const cam = defineCam({
  name: "cam",
  async weights(probe) {
    const { affine, channels, width, height } = probe;
    const g = affine ? await probe.gradient : new Float32Array();
    const top = g.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (!affine || g.some((value, i) => Math.abs(value - g[i % channels]!) > SAME * top)) throw refusal();
    return g.slice(0, channels).map((value) => value * width * height);
  },
});

const refusal = (): GradCamError =>
  new GradCamError("E_METHOD", {
    where: "cam",
    expected: "a layer with nothing behind it but a global average pooling and a dense layer, and a logit as the score",
    got: "another head or score",
    hint: 'use "grad-cam", which is the same map where cam is defined',
  });
