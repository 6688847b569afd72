/** Arithmetic of [height, width, channels]: plain loops, since a map of every class passes through them. */

/** a ⊙ b */
export function product(a: Float32Array, b: Float32Array): Float32Array {
  const result = new Float32Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i]! * b[i]!;
  return result;
}

/** max(0, a) */
export function positive(a: Float32Array): Float32Array {
  const result = new Float32Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i]! > 0 ? a[i]! : 0;
  return result;
}

/** Σ over positions, channel by channel, in f64. */
export function channelSums(values: ArrayLike<number>, channels: number): Float64Array {
  const sums = new Float64Array(channels);
  for (let first = 0; first < values.length; first += channels) {
    for (let k = 0; k < channels; k++) sums[k]! += values[first + k]!;
  }
  return sums;
}

/** Means over positions, channel by channel: sums in f64, one rounding. */
export const channelMeans = (values: Float32Array, channels: number): Float32Array =>
  Float32Array.from(channelSums(values, channels), (sum) => (sum * channels) / values.length);

/** Σ over positions of (a − mean)², channel by channel, and the means. */
export function channelDeviations(
  values: Float32Array,
  channels: number,
): { means: Float64Array; squares: Float64Array } {
  const n = values.length / channels;
  const means = channelSums(values, channels).map((sum) => sum / n);
  const squares = new Float64Array(channels);
  for (let first = 0; first < values.length; first += channels) {
    for (let k = 0; k < channels; k++) squares[k]! += (values[first + k]! - means[k]!) ** 2;
  }
  return { means, squares };
}
