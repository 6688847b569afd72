import { gaussianBlur } from "./gaussian-blur.ts";
import { defineAttribution } from "./method.ts";

/**
 * Blur integrated gradients: −∫ ∂y/∂z ⊙ dz/dσ dσ with z(σ) the picture blurred by a Gaussian, from σ = 0 to `blur`. By the midpoint
 * rule between σᵢ = blur·(i/n)², which are dense where most is blurred away: Σᵢ ∂y/∂z(σᵢ₊½) ⊙ (z(σᵢ) − z(σᵢ₊₁)). The sum of all
 * is y(x) − y(z(blur)): `residual` says how far the rule is from that.
 * Xu, Venugopalan & Sundararajan, CVPR 2020, eq. 4–6, https://arxiv.org/abs/2004.03383
 */
export const blurIntegratedGradients = defineAttribution({
  name: "blur-ig",
  options: {
    steps: { default: 50, min: 1, max: 1000, integer: true, about: "pictures between the blurred one and the picture" },
    blur: { default: 50, min: 0.1, max: 1000, about: "largest standard deviation, in pixels" },
  },
  async attribution(probe, { steps, blur }) {
    const { input, score } = probe;
    const at = (i: number): Float32Array => gaussianBlur(input, blur * (i / steps) ** 2);
    const change = changes(at);
    const series = {
      name: "blurred pictures",
      count: steps,
      write: (index: number, into: Float32Array) => into.set(at(index + 0.5)),
    };
    const sums = await probe.fold(series, {
      begin: () => new Float64Array(input.data.length),
      step(sum, { index, gradient }) {
        const difference = change(index);
        for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + gradient[i]! * difference[i]!;
      },
    });
    const data = Float32Array.from(sums);
    const [blurred] = await probe.scores({ name: "blurred", count: 1, write: (_, into) => into.set(at(steps)) });
    const difference = score - blurred!;
    return { data, facts: { difference, residual: data.reduce((a, b) => a + b, 0) - difference } };
  },
  reduce: "sum",
});

/** z(σᵢ) − z(σᵢ₊₁), asked for in order: every end is blurred once. */
function changes(at: (i: number) => Float32Array): (index: number) => Float32Array {
  let known = { index: -1, end: at(0), difference: new Float32Array() };
  return (index) => {
    if (index === known.index) return known.difference;
    const begin = index === known.index + 1 ? known.end : at(index);
    const end = at(index + 1);
    known = { index, end, difference: begin.map((value, i) => value - end[i]!) };
    return known.difference;
  };
}
