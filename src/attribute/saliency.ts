import { defineAttribution } from "./method.ts";

/**
 * Saliency: ∂y/∂x, for every pixel the largest absolute value of its channels.
 * Simonyan, Vedaldi & Zisserman, ICLR 2014 workshop, §3, https://arxiv.org/abs/1312.6034
 */
export const saliency = defineAttribution({
  name: "saliency",
  attribution: (probe) => probe.gradient,
  reduce: "largest-absolute",
});
