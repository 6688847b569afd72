/** Weights of channels by what pictures score that the channels mask: what Score-CAM and its successors share. */
import { softmax } from "../score.ts";
import { isFlat, masked, variedChannels } from "./masks.ts";
import type { Findings, LayerProbe } from "./method.ts";

export interface Masking {
  /** Channels that are tried, those that vary most; 0: all. */
  readonly maxN: number;
  /** Of a channel, at the size of the picture. */
  readonly mask: (channel: number) => Float32Array;
  /** Pictures for each channel, whose scores are averaged; default: one, of the mask as it is. */
  readonly copies?: number;
  /** The mask of one of them. */
  readonly vary?: (mask: Float32Array, channel: number, copy: number) => Float32Array;
  /** Masks of flat channels, of which ReLUs leave many, are black too: they share one picture. */
  readonly flatIsBlack: boolean;
}

/** αₖ = softmax over channels of the mean score of x ⊙ (masks of k). Channels that are not tried get 0. */
export async function maskWeights(
  probe: LayerProbe,
  { maxN, mask, copies = 1, vary = (same) => same, flatIsBlack }: Masking,
): Promise<Findings> {
  const { input } = probe;
  const tried = variedChannels(probe, maxN);
  const shown = flatIsBlack ? tried.filter((channel) => !isFlat(probe, channel)) : tried;
  const count = shown.length * copies + Number(shown.length < tried.length);
  let current: { channel: number; mask: Float32Array } = { channel: -1, mask: new Float32Array() };
  const scores = await probe.scores({
    name: "pictures masked by channels",
    count,
    write: (index, into) => {
      const channel = shown[Math.floor(index / copies)];
      if (channel === undefined) {
        into.fill(0);
        return;
      }
      if (channel !== current.channel) current = { channel, mask: mask(channel) };
      masked(input, vary(current.mask, channel, index % copies), into);
    },
  });
  const means = new Map(
    shown.map((channel, i) => [
      channel,
      scores.subarray(i * copies, (i + 1) * copies).reduce((a, b) => a + b) / copies,
    ]),
  );
  const shares = softmax(tried.map((channel) => means.get(channel) ?? scores[count - 1]!));
  const data = new Float32Array(probe.channels);
  tried.forEach((channel, i) => (data[channel] = shares[i]!));
  return { data, facts: { channels: probe.channels, channelsTried: tried.length, pictures: count } };
}
