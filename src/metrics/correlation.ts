/** Do two maps rise and fall together? */
import { mean, type Numbers } from "./curve.ts";

/** Pearson's r, from −1 to 1. 0 if one of the maps is flat: it says nothing about the other. */
export function pearson(a: Numbers, b: Numbers): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i]! - meanA, b[i]! - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** Spearman's ρ: Pearson's r of the ranks. */
export const spearman = (a: Float32Array, b: Float32Array): number => pearson(ranks(a), ranks(b));

/** 0 for the smallest value; equal values share the mean of their places. */
function ranks(values: Float32Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let first = 0, end = 0; first < order.length; first = end) {
    while (end < order.length && values[order[end]!] === values[order[first]!]) end++;
    for (let i = first; i < end; i++) result[order[i]!] = (first + end - 1) / 2;
  }
  return result;
}
