import type { LayerProbe } from "../cam/method.ts";
import type { Map2D } from "../image/image.ts";
import { resizeMap } from "../image/resize-map.ts";
import { defineAttribution } from "./method.ts";

/**
 * Guided Grad-CAM: guided backpropagation ⊙ the positive part of Grad-CAM, upsampled to the picture.
 * Selvaraju et al., ICCV 2017, §3.2, https://arxiv.org/abs/1610.02391
 */
export const guidedGradCam = defineAttribution({
  name: "guided-grad-cam",
  layered: true,
  async attribution(probe) {
    const { width, height, channels } = probe.input;
    const layer = probe.layer!;
    const weights = await layer.meanGradient;
    const { data: cam } = resizeMap(positiveSum(layer, weights), width, height);
    const guided = await probe.ruled("guided");
    return guided.map((value, i) => value * cam[Math.floor(i / channels)]!);
  },
  reduce: "largest-absolute",
});

/** max(0, Σₖ αₖ·Aᵏ), summed in f64. */
function positiveSum({ activation, width, height, channels }: LayerProbe, weights: Float32Array): Map2D {
  const data = new Float32Array(width * height);
  for (let at = 0; at < data.length; at++) {
    let sum = 0;
    for (let k = 0; k < channels; k++) sum += weights[k]! * activation[at * channels + k]!;
    data[at] = Math.max(0, sum);
  }
  return { data, width, height };
}
