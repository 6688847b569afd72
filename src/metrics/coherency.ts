import { pearson } from "./correlation.ts";
import { shown } from "./masked.ts";
import { defineMetric } from "./metric.ts";

/**
 * Coherency: (1 + r) / 2, r Pearson's correlation of the map and the map of the picture times its map. What a map shows
 * should be enough to be explained in the same way; 0.5 means no relation, and that of blank maps.
 * Poppi et al., CVPR Workshops 2021, eq. 3, https://arxiv.org/abs/2104.10252
 */
export const coherency = defineMetric({
  name: "coherency",
  better: "higher",
  async measure(trial) {
    const own = await trial.own;
    const again = await trial.again(shown(trial, own.data));
    return { value: (1 + pearson(again.data, own.data)) / 2 };
  },
});
