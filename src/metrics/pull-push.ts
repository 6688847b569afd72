/**
 * A smooth guess of missing pixels: known ones are averaged over squares of 2×2 again and again until all are known, and what
 * is missing is interpolated from the next coarser picture. One pass down, one up.
 * Gortler et al., The Lumigraph, SIGGRAPH 1996, section 3.4, https://doi.org/10.1145/237170.237200
 */
import type { Map2D } from "../image/image.ts";
import { resizeMap } from "../image/resize-map.ts";

/** @param kept not 0 where `map` is known */
export function guessed(map: Map2D, kept: Uint8Array): Float32Array {
  const { data, width, height } = map;
  if (!kept.includes(0) || data.length === 1) return data;
  const coarse = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const sums = new Float32Array(coarse.width * coarse.height);
  const counts = new Uint8Array(sums.length);
  for (let i = 0; i < data.length; i++) {
    if (!kept[i]) continue;
    const at = (Math.floor(i / width) >> 1) * coarse.width + ((i % width) >> 1);
    sums[at]! += data[i]!;
    counts[at]!++;
  }
  const means = sums.map((sum, i) => sum / Math.max(1, counts[i]!));
  const below = resizeMap({ ...coarse, data: guessed({ ...coarse, data: means }, counts) }, width, height).data;
  return data.map((value, i) => (kept[i] ? value : below[i]!));
}
