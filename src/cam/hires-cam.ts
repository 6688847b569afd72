import { defineCam } from "./method.ts";

/**
 * HiResCAM: L = Σₖ ∂y/∂Aᵏ ⊙ Aᵏ, element by element. Where the head behind A is affine its sum is y − y(A = 0): shares of the score.
 * Draelos & Carin, 2020, eq. 3, https://arxiv.org/abs/2011.08891
 */
export const hiresCam = defineCam({
  name: "hirescam",
  async volume({ activation, gradient }) {
    const g = await gradient;
    return activation.map((a, i) => g[i]! * a);
  },
});
