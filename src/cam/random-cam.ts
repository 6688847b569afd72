import { defineCam } from "./method.ts";

/**
 * Random weights from −1 to 1: what a map of this layer looks like that knows nothing. A baseline for metrics.
 * Gildenblat's pytorch-grad-cam, https://github.com/jacobgil/pytorch-grad-cam
 */
export const randomCam = defineCam({
  name: "random-cam",
  classAgnostic: true,
  weights({ channels, random }) {
    const { uniform } = random(0);
    return Float32Array.from({ length: channels }, () => uniform(-1, 1));
  },
});
