import { probabilityOfShown } from "./masked.ts";
import { defineMetric, type Measurement, type Trial } from "./metric.ts";

/**
 * Average drop: max(0, Y − O) / Y, Y = p(class) of the picture and O that of the picture times its map. Means over pictures
 * are the paper's "Average Drop %" divided by 100.
 * Chattopadhay et al., Grad-CAM++, WACV 2018, section 4.1, https://arxiv.org/abs/1710.11063
 */
export const averageDrop = defineMetric({
  name: "average-drop",
  better: "lower",
  measure: (trial) => drop(trial, (y) => y),
  compat: {
    torchcam: { measure: (trial) => drop(trial, (y) => y + 1e-7) },
    // Not divided by Y.
    "pytorch-grad-cam": { measure: (trial) => drop(trial, () => 1) },
  },
});

async function drop(trial: Trial, divisor: (y: number) => number): Promise<Measurement> {
  const [y, o] = [await trial.probability, await probabilityOfShown(trial)];
  // A probability that is 0 cannot fall.
  const value = o < y ? (y - o) / divisor(y) : 0;
  return { value, facts: { probability: y, probabilityOfShown: o } };
}
