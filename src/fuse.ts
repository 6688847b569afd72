/** Normalised maps of several layers as one: brought to the size of the largest, and combined pixel by pixel. */
import type { Map2D } from "./image/image.ts";
import { resizeMap } from "./image/resize-map.ts";

const COMBINATIONS = {
  mean: (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length,
  max: (values: readonly number[]): number => Math.max(...values),
  product: (values: readonly number[]): number => values.reduce((a, b) => a * b, 1),
} as const;

export type Fusion = keyof typeof COMBINATIONS;
export const FUSIONS = Object.keys(COMBINATIONS) as readonly Fusion[];

export function fuse(maps: readonly Map2D[], how: Fusion): Map2D {
  const width = Math.max(...maps.map((map) => map.width));
  const height = Math.max(...maps.map((map) => map.height));
  const layers = maps.map((map) => resizeMap(map, width, height).data);
  const combine = COMBINATIONS[how];
  const data = layers[0]!.map((_, i) => combine(layers.map((layer) => layer[i]!)));
  return { data, width, height };
}
