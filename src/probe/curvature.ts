/**
 * H·v with H = ∂²score/∂A². With z the logits and J = ∂z/∂A, H = Jᵀ·∇²s·J + Σ_c ∂s/∂z_c·∂²z_c/∂A². J·v is a central difference
 * of the head (exact where it is piecewise linear and no unit flips), ∇²s acts in f64, Jᵀ is a backward pass; the second
 * term, a central difference of gradients, is 0 in piecewise linear heads.
 */
import type { Answers } from "../answers.ts";
import type { Objective } from "../objective.ts";
import { headOf, logitsOfSamples, observe } from "../others.ts";
import type { Samples } from "../series.ts";

/**
 * Steps relative to the largest activation. Affine heads allow a large one; elsewhere it is small against what flips units
 * (the error falls with its root) and large against rounding (1e-7 of the logits).
 */
const STEP = { affine: 1, piecewise: 2 ** -12, smooth: 2 ** -7 } as const;

export async function curvature(
  answers: Answers,
  objective: Objective,
  layer: string,
  direction: Float32Array,
): Promise<Float32Array> {
  const { data } = answers.activation(layer);
  const longest = largest(direction);
  if (longest === 0) return new Float32Array(data.length);
  const step = (STEP[headOf(answers, layer)] * largest(data)) / longest;
  const samples: Samples = {
    name: "second order",
    count: 2,
    write: (index, into) => {
      const h = index === 0 ? step : -step;
      for (let i = 0; i < into.length; i++) into[i] = data[i]! + h * direction[i]!;
    },
  };
  const [ahead, behind] = await logitsOfSamples(answers, samples, layer);
  const moved = Float64Array.from(ahead!, (value, i) => (value - behind![i]!) / (2 * step));
  const [back] = await answers.gradients([objective.curvature(moved)]);
  const result = back!.get(layer)!.data;
  return headOf(answers, layer) === "smooth"
    ? addBending(answers, { objective, layer, samples, step }, result)
    : result;
}

/** Adds Σ_c ∂s/∂z_c·∂²z_c/∂A²·v: how the gradient of the head changes while the score's own stays as it is. */
async function addBending(
  answers: Answers,
  { objective, layer, samples, step }: { objective: Objective; layer: string; samples: Samples; step: number },
  result: Float32Array,
): Promise<Float32Array> {
  const at = answers.asked.layers.get(layer)!;
  const sum = Float64Array.from(result);
  await observe(answers, { samples, at, given: true, seeds: () => [objective.seed] }, ({ index, gradients: [g] }) => {
    const scale = (index === 0 ? 1 : -1) / (2 * step);
    g!.forEach((value, i) => (sum[i] = sum[i]! + scale * value));
  });
  return Float32Array.from(sum);
}

function largest(values: Float32Array): number {
  let top = 0;
  for (const value of values) top = Math.max(top, Math.abs(value));
  return top;
}
