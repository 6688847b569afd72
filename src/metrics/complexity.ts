import { mean } from "./curve.ts";
import { defineMetric } from "./metric.ts";

/**
 * Complexity: ‖L‖₁ / pixels, the mean of the map from 0 to 1. A map that points at little is easier to read.
 * Poppi et al., CVPR Workshops 2021, eq. 4, https://arxiv.org/abs/2104.10252
 */
export const complexity = defineMetric({
  name: "complexity",
  better: "lower",
  measure: ({ map }) => ({ value: mean(map.data.map(Math.abs)) }),
});
