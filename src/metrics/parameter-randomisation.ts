import { spearman } from "./correlation.ts";
import { mean } from "./curve.ts";
import { defineMetric } from "./metric.ts";
import { ssim } from "./ssim.ts";

/**
 * Parameter randomisation: layers are redrawn from the scores down to the input, one on top of the other, and the map is made
 * anew at `stages` evenly spaced points of that cascade. The value is the mean of Spearman's rank correlation with the map
 * of the trained network; curves add structural similarity. A map that stays as it was does not show what was learned.
 * Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018, https://arxiv.org/abs/1810.03292
 */
export const parameterRandomisation = defineMetric({
  name: "parameter-randomisation",
  better: "lower",
  options: {
    stages: { default: 8, min: 1, integer: true, about: "points of the cascade at which the map is made anew" },
  },
  async measure(trial, { stages }) {
    const own = await trial.own;
    const x: number[] = [];
    const [correlation, similarity]: [number[], number[]] = [[], []];
    await trial.cascade(async ({ layers, redraw, map }) => {
      const points = Math.min(stages, layers.length);
      for (let i = 1; i <= points; i++) {
        const count = Math.round((i * layers.length) / points);
        await redraw(count);
        const now = await map();
        x.push(count / layers.length);
        correlation.push(spearman(now.data, own.data));
        similarity.push(ssim(now, own));
      }
    });
    return {
      value: mean(correlation),
      curves: { "rank-correlation": { x, y: correlation }, ssim: { x, y: similarity } },
      facts: { ssim: mean(similarity) },
    };
  },
});
