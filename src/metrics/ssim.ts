/**
 * Structural similarity of two maps of one size: the mean over all windows that lie within them of
 * (2μₐμᵦ + C₁)(2σₐᵦ + C₂) / ((μₐ² + μᵦ² + C₁)(σₐ² + σᵦ² + C₂)), C₁ = 0.01², C₂ = 0.03² for a range of 1; windows are Gaussian,
 * 11×11, σ = 1.5 (smaller where a map is).
 * Wang et al., IEEE Transactions on Image Processing 13, 2004, eq. 13, https://doi.org/10.1109/TIP.2003.819861
 */
import type { Map2D } from "../image/image.ts";

const SIDE = 11;
const SIGMA = 1.5;
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

export function ssim(a: Map2D, b: Map2D): number {
  const window = gaussian(Math.min(SIDE, oddUpTo(a.width), oddUpTo(a.height)));
  const local = (value: (i: number) => number): Float64Array => windowMeans(a, value, window);
  const [x, y] = [a.data, b.data];
  const [meanA, meanB] = [local((i) => x[i]!), local((i) => y[i]!)];
  const [aa, bb, ab] = [local((i) => x[i]! ** 2), local((i) => y[i]! ** 2), local((i) => x[i]! * y[i]!)];
  let sum = 0;
  for (let i = 0; i < meanA.length; i++) {
    const [ma, mb] = [meanA[i]!, meanB[i]!];
    const variances = aa[i]! - ma * ma + bb[i]! - mb * mb;
    sum += ((2 * ma * mb + C1) * (2 * (ab[i]! - ma * mb) + C2)) / ((ma * ma + mb * mb + C1) * (variances + C2));
  }
  return sum / meanA.length;
}

const oddUpTo = (size: number): number => size - ((size + 1) % 2);

function gaussian(side: number): Float64Array {
  const weights = Float64Array.from({ length: side }, (_, i) =>
    Math.exp(-((i - (side - 1) / 2) ** 2) / (2 * SIGMA ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Weighted means over all windows, along rows first. */
function windowMeans({ width, height }: Map2D, value: (i: number) => number, window: Float64Array): Float64Array {
  const [across, down] = [width - window.length + 1, height - window.length + 1];
  const rows = new Float64Array(height * across);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < across; x++) {
      for (let k = 0; k < window.length; k++) rows[y * across + x]! += window[k]! * value(y * width + x + k);
    }
  }
  const result = new Float64Array(down * across);
  for (let i = 0; i < result.length; i++) {
    for (let k = 0; k < window.length; k++) result[i]! += window[k]! * rows[i + k * across]!;
  }
  return result;
}
