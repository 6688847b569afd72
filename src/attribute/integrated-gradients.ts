import { gaussLegendre } from "./gauss-legendre.ts";
import { defineAttribution } from "./method.ts";

/**
 * Integrated gradients: x ⊙ ∫₀¹ ∂y/∂x(t·x) dt from a baseline of zeros, which is the mean colour after preprocessing; by the
 * Gauss–Legendre rule. Their sum is y(x) − y(0): `residual` says how far the rule is from that, which in piecewise linear networks
 * falls slowly with the steps. Sundararajan, Taly & Yan, ICML 2017, eq. 1, https://arxiv.org/abs/1703.01365
 */
export const integratedGradients = defineAttribution({
  name: "integrated-gradients",
  options: {
    steps: { default: 50, min: 1, max: 10000, integer: true, about: "pictures between baseline and picture" },
  },
  async attribution(probe, { steps }) {
    const { input, score } = probe;
    const { nodes, weights } = gaussLegendre(steps);
    const series = {
      name: "pictures on the way from the baseline",
      count: steps,
      write: (index: number, into: Float32Array) => {
        for (let i = 0; i < into.length; i++) into[i] = input.data[i]! * nodes[index]!;
      },
    };
    const sum = await probe.fold(series, {
      begin: () => new Float64Array(input.data.length),
      step(total, { index, gradient }) {
        gradient.forEach((g, i) => (total[i]! += weights[index]! * g));
      },
    });
    const [baseline] = await probe.scores({ name: "baseline", count: 1, write: (_, into) => into.fill(0) });
    const data = input.data.map((x, i) => x * sum[i]!);
    const difference = score - baseline!;
    const residual = data.reduce((total, value) => total + value, 0) - difference;
    return { data, facts: { difference, residual } };
  },
  reduce: "sum",
});
