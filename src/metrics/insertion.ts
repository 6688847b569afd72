import { blurred } from "./blur.ts";
import { defineMetric } from "./metric.ts";
import { followed } from "./transition.ts";

/**
 * Insertion: the area under p(class) while pixels come back into a blurred picture, the most important first. A map that finds
 * what matters makes the probability rise early. Blur: 11×11 pixels, σ = 5.
 * Petsiuk, Das, Saenko, RISE, BMVC 2018, https://arxiv.org/abs/1806.07421
 */
export const insertion = defineMetric({
  name: "insertion",
  better: "higher",
  options: {
    steps: { default: 224, min: 1, integer: true, about: "portions in which pixels are deleted or inserted" },
  },
  measure: (trial, { steps }) =>
    followed(trial, { name: "insertion", from: blurred(trial.input), to: trial.input.data, steps }),
  compat: {
    // torchcam begins with a picture of zeros and takes 20 steps.
    torchcam: {
      measure(trial) {
        const { data } = trial.input;
        return followed(trial, { name: "insertion", from: new Float32Array(data.length), to: data, steps: 20 });
      },
    },
  },
});
