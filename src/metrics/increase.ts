import { probabilityOfShown } from "./masked.ts";
import { defineMetric } from "./metric.ts";

/**
 * Increase in confidence: 1 if p(class) of the picture times its map exceeds that of the picture, else 0. The mean over
 * pictures is the paper's "% Increase in Confidence" divided by 100; torchcam and pytorch-grad-cam define it alike.
 * Chattopadhay et al., Grad-CAM++, WACV 2018, section 4.2, https://arxiv.org/abs/1710.11063
 */
export const increase = defineMetric({
  name: "increase",
  better: "higher",
  async measure(trial) {
    const [y, o] = [await trial.probability, await probabilityOfShown(trial)];
    return { value: Number(y < o), facts: { probability: y, probabilityOfShown: o } };
  },
});
