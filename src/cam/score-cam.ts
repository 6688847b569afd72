import { maskWeights } from "./mask-weights.ts";
import { maskOf, maskOfSmall, maskWithCorners } from "./masks.ts";
import { defineCam } from "./method.ts";

/**
 * Score-CAM: αₖ = softmax over channels of y(x ⊙ Mₖ), Mₖ channel k of A upsampled to the picture and brought to 0…1. Without
 * gradients; a forward pass for each channel. The baseline y(0) of the paper is the same for all channels: softmax does not see it.
 * Wang et al., CVPR Workshops 2020, eq. 7–9, https://arxiv.org/abs/1910.01279
 * `maxN` keeps the channels of largest standard deviation only: Faster-ScoreCAM, https://github.com/tabayashi0117/Score-CAM
 */
export const scoreCam = defineCam({
  name: "score-cam",
  options: {
    maxN: { default: 0, min: 0, integer: true, about: "channels that are tried, those that vary most; 0: all" },
  },
  weights: (probe, { maxN }) => maskWeights(probe, { maxN, mask: (k) => maskOf(probe, k), flatIsBlack: true }),
  compat: {
    "pytorch-grad-cam": {
      weights: (probe, { maxN }) =>
        maskWeights(probe, { maxN, mask: (k) => maskWithCorners(probe, k), flatIsBlack: true }),
    },
    torchcam: {
      weights: (probe, { maxN }) => maskWeights(probe, { maxN, mask: (k) => maskOfSmall(probe, k), flatIsBlack: true }),
    },
  },
});
