/** Activations as masks over the picture: upsampled to its size, then brought to 0…1; flat channels are 0. */
import { resizeMap } from "../image/resize-map.ts";
import type { LayerProbe, Planes } from "./method.ts";
import { channelDeviations } from "./volume.ts";

/** Channel k as a map [height, width] of the layer. */
function channelMap({ activation, channels, width, height }: LayerProbe, k: number) {
  const data = new Float32Array(width * height);
  for (let i = 0; i < data.length; i++) data[i] = activation[i * channels + k]!;
  return { data, width, height };
}

/** Of channel k, at the size of the input. */
export function maskOf(probe: LayerProbe, k: number): Float32Array {
  const { width, height } = probe.input;
  return unit(resizeMap(channelMap(probe, k), width, height).data);
}

/** pytorch-grad-cam's: corners aligned, and a small number added to the range. */
export function maskWithCorners(probe: LayerProbe, k: number): Float32Array {
  const { width, height } = probe.input;
  return unit(resizeMap(channelMap(probe, k), width, height, "bilinear-corners").data, 1e-8);
}

/** torchcam's: brought to 0…1 before it is upsampled. */
export function maskOfSmall(probe: LayerProbe, k: number): Float32Array {
  const { width, height } = probe.input;
  const small = channelMap(probe, k);
  return resizeMap({ ...small, data: unit(small.data, 1e-8) }, width, height).data;
}

/** (v − min) / (max − min); zeros where all are the same. */
export function unit(values: Float32Array, epsilon = 0): Float32Array {
  let [low, high] = [Infinity, -Infinity];
  // By index: iterators take several times as long.
  const { length } = values;
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const range = high - low + epsilon;
  const result = new Float32Array(values.length);
  if (range > 0) for (let i = 0; i < values.length; i++) result[i] = (values[i]! - low) / range;
  return result;
}

/** Whether channel k is the same everywhere: its mask is 0. */
export function isFlat({ activation, channels }: LayerProbe, k: number): boolean {
  for (let i = k + channels; i < activation.length; i += channels) if (activation[i] !== activation[k]) return false;
  return true;
}

/** x ⊙ mask, the mask repeated over the channels of the picture. */
export function masked({ data, channels }: Planes, mask: Float32Array, into: Float32Array): void {
  for (let pixel = 0, i = 0; pixel < mask.length; pixel++) {
    const part = mask[pixel]!;
    for (const end = i + channels; i < end; i++) into[i] = data[i]! * part;
  }
}

/** The `most` channels with the largest standard deviation, in their order; all when `most` is 0. */
export function variedChannels(probe: LayerProbe, most: number): number[] {
  const { activation, channels } = probe;
  const all = Array.from({ length: channels }, (_, k) => k);
  if (most === 0 || most >= channels) return all;
  const { squares } = channelDeviations(activation, channels);
  return all
    .sort((a, b) => squares[b]! - squares[a]! || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}
