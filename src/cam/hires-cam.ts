import { defineCam } from "./method.ts";
import { product } from "./volume.ts";

/**
 * HiResCAM: L = Σₖ ∂y/∂Aᵏ ⊙ Aᵏ, element by element. Where the head behind A is affine its sum is y − y(A = 0): shares of the score.
 * Draelos & Carin, 2020, eq. 3, https://arxiv.org/abs/2011.08891
 */
export const hiresCam = defineCam({
  name: "hirescam",
  volume: async ({ activation, gradient }) => product(await gradient, activation),
});
