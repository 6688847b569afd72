import { defineAttribution } from "./method.ts";

/**
 * Deconvnet: at every ReLU dX = dY·[dY > 0], whatever the unit answered. Undefined for other activations; as insensitive as guided
 * backpropagation. Zeiler & Fergus, ECCV 2014, §2.1, https://arxiv.org/abs/1311.2901
 */
export const deconvnet = defineAttribution({
  name: "deconvnet",
  attribution: async (probe) => ({
    data: await probe.ruled("deconvnet"),
    warnings: [
      {
        code: "INSENSITIVE",
        message: "a deconvnet shows edges of the picture more than reasons of the network",
        hint: 'compare with "integrated-gradients" or "smooth-grad"',
      },
    ],
  }),
  reduce: "largest-absolute",
});
