import { maskWeights } from "./mask-weights.ts";
import { maskOf, maskOfSmall } from "./masks.ts";
import { defineCam } from "./method.ts";

/**
 * IS-CAM: Score-CAM with the mean score over n masks Mₖ·cᵢ, cᵢ = (1 + … + i) / n. n forward passes for each channel. The paper tries
 * all channels, which is `maxN: 0`; by default the 128 that vary most, so that it takes about as long as Score-CAM.
 * Naidu et al., 2020, eq. 6–8, https://arxiv.org/abs/2010.03023
 */
export const isCam = defineCam({
  name: "is-cam",
  options: {
    samples: { default: 10, min: 1, max: 1000, integer: true, about: "masks for each channel" },
    maxN: { default: 128, min: 0, integer: true, about: "channels that are tried, those that vary most; 0: all" },
  },
  weights: (probe, { samples, maxN }) =>
    maskWeights(probe, {
      maxN,
      copies: samples,
      mask: (k) => maskOf(probe, k),
      vary: brighter(samples),
      flatIsBlack: true,
    }),
  compat: {
    torchcam: {
      weights: (probe, { samples, maxN }) =>
        maskWeights(probe, {
          maxN,
          copies: samples,
          mask: (k) => maskOfSmall(probe, k),
          vary: brighter(samples),
          flatIsBlack: true,
        }),
    },
  },
});

const brighter =
  (samples: number) =>
  (mask: Float32Array, _channel: number, copy: number): Float32Array => {
    const sum = ((copy + 1) * (copy + 2)) / 2;
    return mask.map((value) => (value * sum) / samples);
  };
