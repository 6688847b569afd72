import { defineAttribution } from "./method.ts";

/**
 * Input × gradient: x ⊙ ∂y/∂x, summed over channels. In a piecewise linear network without biases its sum is y.
 * Shrikumar et al., 2016, https://arxiv.org/abs/1605.01713
 */
export const inputXGradient = defineAttribution({
  name: "input-x-gradient",
  async attribution({ input, gradient }) {
    const g = await gradient;
    return input.data.map((x, i) => x * g[i]!);
  },
  reduce: "sum",
});
