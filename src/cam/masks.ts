/** Activations as masks over the picture: upsampled to its size, then brought to 0…1; flat channels are 0. */
import { resizeMap } from "../image/resize-map.ts";
import { channelSums } from "./channel-sums.ts";
import type { LayerProbe } from "./method.ts";

/** Channel k as a map [height, width] of the layer. */
export function channelMap({ activation, channels, width, height }: LayerProbe, k: number) {
  const data = Float32Array.from({ length: width * height }, (_, i) => activation[i * channels + k]!);
  return { data, width, height };
}

/** Of channel k, at the size of the input. @param rule how it is upsampled */
export function maskOf(probe: LayerProbe, k: number, rule: "bilinear" | "bilinear-corners" = "bilinear"): Float32Array {
  const { width, height } = probe.input;
  return unit(resizeMap(channelMap(probe, k), width, height, rule).data);
}

/** (v − min) / (max − min); zeros where all are the same. */
export function unit(values: Float32Array, epsilon = 0): Float32Array {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const range = high - low + epsilon;
  return values.map((value) => (range > 0 ? (value - low) / range : 0));
}

/** x ⊙ mask, the mask repeated over the channels of the picture. */
export function masked({ input }: LayerProbe, mask: Float32Array, into: Float32Array): void {
  const { data, channels } = input;
  for (let i = 0; i < data.length; i++) into[i] = data[i]! * mask[Math.floor(i / channels)]!;
}

/** The `most` channels with the largest standard deviation, in their order; all when `most` is 0. */
export function variedChannels(probe: LayerProbe, most: number): number[] {
  const { activation, channels } = probe;
  const all = Array.from({ length: channels }, (_, k) => k);
  if (most === 0 || most >= channels) return all;
  const n = activation.length / channels;
  const means = channelSums(probe, (i) => activation[i]!).map((sum) => sum / n);
  const squares = channelSums(probe, (i) => (activation[i]! - means[i % channels]!) ** 2);
  return all
    .sort((a, b) => squares[b]! - squares[a]! || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}
