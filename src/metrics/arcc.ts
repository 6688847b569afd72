import { coherency } from "./coherency.ts";
import { complexity } from "./complexity.ts";
import { defineMetric } from "./metric.ts";
import { road } from "./road.ts";

/**
 * ARCC: the harmonic mean of coherency, 1 − complexity and twice ROAD, which is ½ at most. One number that is small as soon as
 * one of the three is bad; 0 where a map is no better than its reverse. ROAD at the removal of 80, 60, 40 and 20 %. The same as in
 * pytorch-grad-cam's ARCC, which clips 2·ROAD to 0…1 and adds 1e-8 to each term.
 * RefineCAM, https://arxiv.org/abs/2605.14641, after Poppi et al., https://arxiv.org/abs/2104.10252
 */
export const arcc = defineMetric({
  name: "arcc",
  better: "higher",
  options: { noise: { default: 0.01, min: 0, about: "standard deviation of ROAD's noise, in units of the input" } },
  async measure(trial, { noise }) {
    const parts = {
      coherency: (await coherency.measure(trial, {})).value,
      complexity: (await complexity.measure(trial, {})).value,
      road: (await road.measure(trial, { noise, levels: 4 })).value,
    };
    const terms = [parts.coherency, 1 - parts.complexity, 2 * parts.road];
    const value = terms.every((term) => term > 0) ? 3 / terms.reduce((sum, term) => sum + 1 / term, 0) : 0;
    return { value, facts: parts };
  },
});
