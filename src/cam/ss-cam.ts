import { maskWeights } from "./mask-weights.ts";
import { maskOf, maskOfSmall, unit } from "./masks.ts";
import { defineCam, type LayerProbe } from "./method.ts";

/**
 * SS-CAM: Score-CAM with the mean score over n noisy masks, Mₖ + N(0, σ²) brought to 0…1 again. n forward passes for each channel.
 * The paper tries all channels, which is `maxN: 0`; by default the 32 that vary most, so that it takes about as long as Score-CAM.
 * Wang et al., 2020, eq. 5–7, https://arxiv.org/abs/2006.14255
 */
export const ssCam = defineCam({
  name: "ss-cam",
  options: {
    samples: { default: 35, min: 1, max: 1000, integer: true, about: "noisy masks for each channel" },
    sigma: { default: 2, min: 0, about: "standard deviation of the noise; masks go from 0 to 1" },
    maxN: { default: 32, min: 0, integer: true, about: "channels that are tried, those that vary most; 0: all" },
  },
  weights: (probe, { samples, sigma, maxN }) =>
    maskWeights(probe, {
      maxN,
      copies: samples,
      mask: (k) => maskOf(probe, k),
      vary: (mask, channel, copy) => unit(noisy(probe, mask, sigma, channel * samples + copy)),
      flatIsBlack: false,
    }),
  compat: {
    // Noisy masks stay as they are, from far below 0 to far above 1.
    torchcam: {
      weights: (probe, { samples, sigma, maxN }) =>
        maskWeights(probe, {
          maxN,
          copies: samples,
          mask: (k) => maskOfSmall(probe, k),
          vary: (mask, channel, copy) => noisy(probe, mask, sigma, channel * samples + copy),
          flatIsBlack: false,
        }),
    },
  },
});

function noisy(probe: LayerProbe, mask: Float32Array, sigma: number, stream: number): Float32Array {
  const { normal } = probe.random(stream);
  return mask.map((value) => value + sigma * normal());
}
