/**
 * H·A with H = ∂²score/∂A² and A what the layer answered. With z the logits and J = ∂z/∂A, H = Jᵀ·∇²s·J + Σ_c ∂s/∂z_c·∂²z_c/∂A².
 * J·A is z(A) − z(0) where the head is affine, as behind a global average and a dense layer, and a central difference elsewhere;
 * ∇²s acts in f64, Jᵀ is a backward pass; the second term, a central difference of gradients, is 0 in piecewise linear heads.
 */
import type { Answers } from "../answers.ts";
import type { Objective } from "../objective.ts";
import { headOf, observe, scoreSamples } from "../others.ts";
import type { Samples } from "../series.ts";

/** Relative steps: small against what flips units (the error falls with its root), large against rounding (1e-7 of the logits). */
const STEP = { piecewise: 2 ** -12, smooth: 2 ** -7 } as const;

/** J·A, the same for all scores. */
export async function slopes(answers: Answers, layer: string): Promise<Float64Array> {
  const head = headOf(answers, layer);
  const [from, to] = head === "affine" ? [0, 1] : [1 - STEP[head], 1 + STEP[head]];
  const moved = new Float64Array(answers.logits.length);
  await scoreSamples(
    answers,
    scaledAnswers(answers, layer, [from, to]),
    (logits, index) => {
      for (let c = 0; c < moved.length; c++) moved[c]! += ((index === 0 ? -1 : 1) * logits[c]!) / (to - from);
    },
    layer,
  );
  return moved;
}

/** H·A of every score. @param slope J·A */
export async function curvatures(
  answers: Answers,
  objectives: readonly Objective[],
  layer: string,
  slope: Float64Array,
): Promise<Float32Array[]> {
  const back = await answers.gradients(objectives.map((objective) => objective.curvature(slope)));
  const results = back.map((gradients) => gradients.get(layer)!.data);
  return headOf(answers, layer) === "smooth" ? withBending(answers, objectives, layer, results) : results;
}

/** Adds Σ_c ∂s/∂z_c·∂²z_c/∂A²·A: how the gradient of the head changes while the score's own stays as it is. */
async function withBending(
  answers: Answers,
  objectives: readonly Objective[],
  layer: string,
  results: readonly Float32Array[],
): Promise<Float32Array[]> {
  const at = answers.asked.layers.get(layer)!;
  const sums = results.map((result) => Float64Array.from(result));
  const samples = scaledAnswers(answers, layer, [1 - STEP.smooth, 1 + STEP.smooth]);
  const seeds = () => objectives.map(({ seed }) => seed);
  await observe(answers, { samples, at, given: true, seeds }, ({ index, gradients }) => {
    const scale = (index === 0 ? -1 : 1) / (2 * STEP.smooth);
    gradients.forEach((gradient, score) => {
      const sum = sums[score]!;
      for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + scale * gradient[i]!;
    });
  });
  return sums.map((sum) => Float32Array.from(sum));
}

/** What the layer answered, several times as large. */
function scaledAnswers(answers: Answers, layer: string, factors: readonly number[]): Samples {
  const { data } = answers.activation(layer);
  const write = (index: number, into: Float32Array): void => {
    for (let i = 0; i < into.length; i++) into[i] = data[i]! * factors[index]!;
  };
  return { name: "second order", count: factors.length, write };
}
