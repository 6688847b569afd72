/** Test-time augmentation: the same question about a picture flipped and at other brightnesses, answers averaged. */
import type { Map2D } from "./image/image.ts";
import type { HostTensor } from "./tensor.ts";

export interface Augmentation {
  readonly flip: boolean;
  /** Of the preprocessed tensor. */
  readonly gain: number;
}

/** {as it is, mirrored} × {0.9, 1, 1.1}, the picture itself first: the six runs of pytorch-grad-cam's aug_smooth. */
export const AUGMENTATIONS: readonly Augmentation[] = [1, 0.9, 1.1].flatMap((gain) =>
  [false, true].map((flip) => ({ flip, gain })),
);

export function augmented({ data, shape }: HostTensor, { flip, gain }: Augmentation): HostTensor {
  const [width, channels] = shape.slice(-2) as [number, number];
  const turned = flip ? mirrored(data, width, channels) : data;
  return { data: gain === 1 ? turned : turned.map((value) => value * gain), shape };
}

/** The mean of maps of augmented pictures, each turned back. */
export function meanOf(maps: readonly Map2D[], augmentations: readonly Augmentation[]): Map2D {
  const { width, height } = maps[0]!;
  const upright = maps.map(({ data }, i) => (augmentations[i]!.flip ? mirrored(data, width, 1) : data));
  const data = upright[0]!.map((_, i) => upright.reduce((sum, map) => sum + map[i]!, 0) / maps.length);
  return { data, width, height };
}

/** Rows from right to left. */
function mirrored(data: Float32Array, width: number, channels: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let row = 0; row < data.length; row += width * channels) {
    for (let x = 0; x < width; x++) {
      const from = row + (width - 1 - x) * channels;
      result.set(data.subarray(from, from + channels), row + x * channels);
    }
  }
  return result;
}
