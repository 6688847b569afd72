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
    const small = new Float32Array(layer.width * layer.height);
    layer.activation.forEach((a, i) => (small[Math.floor(i / weights.length)]! += a * weights[i % weights.length]!));
    const positive = small.map((value) => Math.max(0, value));
    const { data: cam } = resizeMap({ data: positive, width: layer.width, height: layer.height }, width, height);
    const guided = await probe.ruled("guided");
    return guided.map((value, i) => value * cam[Math.floor(i / channels)]!);
  },
  reduce: "largest-absolute",
});
