import { defineAttribution } from "./method.ts";

/**
 * Guided backpropagation: at every ReLU dX = dY·[X > 0]·[dY > 0]. Sharp pictures, but they hardly depend on the class and on the
 * weights above (Adebayo et al., 2018, https://arxiv.org/abs/1810.03292). Undefined for other activations.
 * Springenberg et al., ICLR 2015 workshop, §3.4, https://arxiv.org/abs/1412.6806
 */
export const guidedBackprop = defineAttribution({
  name: "guided-backprop",
  attribution: async (probe) => ({
    data: await probe.ruled("guided"),
    warnings: [
      {
        code: "INSENSITIVE",
        message: "guided backpropagation shows edges of the picture more than reasons of the network",
        hint: 'compare with "integrated-gradients" or "smooth-grad"',
      },
    ],
  }),
  reduce: "largest-absolute",
});
