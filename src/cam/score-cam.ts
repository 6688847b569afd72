import { softmax } from "../score.ts";
import { resizeMap } from "../image/resize-map.ts";
import { channelMap, isFlat, masked, maskOf, unit, variedChannels } from "./masks.ts";
import { defineCam, type Findings, type LayerProbe } from "./method.ts";

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
  weights: (probe, { maxN }) => weights(probe, maxN, (k) => maskOf(probe, k)),
  compat: {
    // Corners aligned, and a small number added to the range.
    "pytorch-grad-cam": {
      weights: (probe, { maxN }) =>
        weights(probe, maxN, (k) => {
          const { width, height } = probe.input;
          return unit(resizeMap(channelMap(probe, k), width, height, "bilinear-corners").data, 1e-8);
        }),
    },
    // Normalised before it is upsampled.
    torchcam: {
      weights: (probe, { maxN }) =>
        weights(probe, maxN, (k) => {
          const { width, height } = probe.input;
          const small = channelMap(probe, k);
          const { data } = resizeMap({ ...small, data: unit(small.data, 1e-8) }, width, height);
          return data;
        }),
    },
  },
});

/** Flat channels, of which ReLUs leave many, share one black picture. */
async function weights(probe: LayerProbe, maxN: number, mask: (channel: number) => Float32Array): Promise<Findings> {
  const tried = variedChannels(probe, maxN);
  const shown = tried.filter((channel) => !isFlat(probe, channel));
  const count = shown.length + Number(shown.length < tried.length);
  const scores = await probe.scores({
    name: "pictures masked by channels",
    count,
    write: (index, into) => {
      if (index < shown.length) masked(probe, mask(shown[index]!), into);
      else into.fill(0);
    },
  });
  const place = new Map(shown.map((channel, i) => [channel, i]));
  const shares = softmax(tried.map((channel) => scores[place.get(channel) ?? count - 1]!));
  const data = new Float32Array(probe.channels);
  tried.forEach((channel, i) => (data[channel] = shares[i]!));
  return { data, facts: { channels: probe.channels, channelsTried: tried.length, pictures: count } };
}
