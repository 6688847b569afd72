/**
 * What stands in for tangents of heads with an operator that has none: central differences of the head between (1 − h)·A and (1 + h)·A.
 * Relative errors of 1e-3, where units flip within the step; 1e-5 where nothing has a corner.
 */
import type { Answers } from "../answers.ts";
import type { Objective } from "../objective.ts";
import { headOf, observe, scoreSamples } from "../others.ts";
import type { Samples } from "../series.ts";

/** Relative steps: small against what flips units (the error falls with its root), large against rounding (1e-7 of the logits). */
const STEP = { affine: 2 ** -1, piecewise: 2 ** -12, smooth: 2 ** -7 } as const;

/** J·A */
export async function slopesByDifferences(answers: Answers, layer: string): Promise<Float64Array> {
  const step = STEP[headOf(answers, layer)];
  const moved = new Float64Array(answers.logits.length);
  const visit = (logits: Float32Array, index: number): void => {
    for (let c = 0; c < moved.length; c++) moved[c]! += ((index === 0 ? -1 : 1) * logits[c]!) / (2 * step);
  };
  await scoreSamples(answers, scaledAnswers(answers, layer, step), visit, layer);
  return moved;
}

/** Σ_c ∂s/∂z_c·∂²z_c/∂A²·A of every score: how the gradient of the head changes while the score's own stays as it is. */
export async function bendsByDifferences(
  answers: Answers,
  objectives: readonly Objective[],
  layer: string,
): Promise<Float64Array[]> {
  const at = answers.asked.layers.get(layer)!;
  const sums = objectives.map(() => new Float64Array(answers.activation(layer).data.length));
  const seeds = () => objectives.map(({ seed }) => seed);
  const samples = scaledAnswers(answers, layer, STEP.smooth);
  await observe(answers, { samples, at, given: true, seeds }, ({ index, gradients }) => {
    const scale = (index === 0 ? -1 : 1) / (2 * STEP.smooth);
    gradients.forEach((gradient, score) => {
      const sum = sums[score]!;
      for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + scale * gradient[i]!;
    });
  });
  return sums;
}

/** What the layer answered, a little less and a little more of it. */
function scaledAnswers(answers: Answers, layer: string, step: number): Samples {
  const { data } = answers.activation(layer);
  const write = (index: number, into: Float32Array): void => {
    const factor = index === 0 ? 1 - step : 1 + step;
    for (let i = 0; i < into.length; i++) into[i] = data[i]! * factor;
  };
  return { name: "second order", count: 2, write };
}
