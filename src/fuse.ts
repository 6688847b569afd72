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
  const layers = enlarged(maps);
  const combine = COMBINATIONS[how];
  const data = layers[0]!.data.map((_, i) => combine(layers.map((layer) => layer.data[i]!)));
  return { ...layers[0]!, data };
}

/** All of them at the size of the largest. */
export function enlarged(maps: readonly Map2D[]): Map2D[] {
  const width = Math.max(...maps.map((map) => map.width));
  const height = Math.max(...maps.map((map) => map.height));
  return maps.map((map) => resizeMap(map, width, height));
}
