import { defineMetric, type Trial } from "./metric.ts";
import { followed } from "./transition.ts";

/**
 * Deletion: the area under p(class) while pixels are set to 0 (the mean colour, for most preprocessings), the most important
 * first. A map that finds what matters makes the probability fall early. 224 steps: a row of pixels at a time at 224×224.
 * Petsiuk, Das, Saenko, RISE, BMVC 2018, https://arxiv.org/abs/1806.07421
 */
export const deletion = defineMetric({
  name: "deletion",
  better: "lower",
  options: {
    steps: { default: 224, min: 1, integer: true, about: "portions in which pixels are deleted or inserted" },
  },
  measure: (trial, { steps }) => deleted(trial, steps),
  // torchcam's DeletionInsertionMetric takes 20 steps.
  compat: { torchcam: { measure: (trial) => deleted(trial, 20) } },
});

const deleted = (trial: Trial, steps: number) => {
  const { data } = trial.input;
  return followed(trial, { name: "deletion", from: data, to: new Float32Array(data.length), steps });
};
