import { GradCamError } from "../errors.ts";
import { defineCam, type ScoredClass } from "./method.ts";

/**
 * Finer-CAM: Grad-CAM of y_c − γ·mean of y_r over the classes r whose logits are nearest: what tells a class from those like it.
 * Zhang et al., CVPR 2025, eq. 5, https://arxiv.org/abs/2501.11309
 */
export const finerCam = defineCam({
  name: "finer-cam",
  options: {
    gamma: { default: 0.6, min: 0, about: "how much similar classes are taken off" },
    references: { default: 3, min: 1, integer: true, about: "similar classes" },
  },
  score(scored, { gamma, references }) {
    const rivals = nearestClasses(scored, references).map(scored.of);
    const sum = rivals.reduce((a, b) => a.add(b));
    return scored.own.sub(sum.mul(gamma / rivals.length));
  },
  weights: (probe) => probe.meanGradient,
  compat: {
    // Σ p_r·(y_c − y_r) / Σ p_r, differentiated through the probabilities too.
    "pytorch-grad-cam": {
      score(scored, { references }) {
        const { output, own, of } = scored;
        const rivals = nearestClasses(scored, references);
        const p = rivals.map((rival) => output.probability(rival));
        const above = rivals.map((rival, i) => p[i]!.mul(own.sub(of(rival)))).reduce((a, b) => a.add(b));
        return above.div(p.reduce((a, b) => a.add(b)).add(1e-9));
      },
      weights: (probe) => probe.meanGradient,
    },
  },
});

/** By the distance of their logits, nearest first; equal ones in class order. */
function nearestClasses({ index, logits }: ScoredClass, count: number): number[] {
  if (index === undefined) {
    throw new GradCamError("E_METHOD", {
      where: "finer-cam",
      expected: "a class as the target",
      got: "a score expression",
      hint: "write the difference into the expression and use grad-cam",
    });
  }
  if (logits.length < 2) {
    throw new GradCamError("E_METHOD", {
      where: "finer-cam",
      expected: "several classes: it shows what tells one from others",
      got: "a network with one",
      hint: "use grad-cam",
    });
  }
  const distance = (at: number): number => Math.abs(logits[at]! - logits[index]!);
  return Array.from(logits, (_, at) => at)
    .filter((at) => at !== index)
    .sort((a, b) => distance(a) - distance(b) || a - b)
    .slice(0, count);
}
