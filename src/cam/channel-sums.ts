/** Σ over positions, channel by channel, of any function of an element of [height, width, channels]. In f64. */
export function channelSums(
  { channels, activation }: { readonly channels: number; readonly activation: Float32Array },
  term: (index: number) => number,
): Float64Array {
  const sums = new Float64Array(channels);
  for (let first = 0; first < activation.length; first += channels) {
    for (let k = 0; k < channels; k++) sums[k] = sums[k]! + term(first + k);
  }
  return sums;
}
