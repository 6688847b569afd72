/** What a class-activation method is: a pure function from what one layer answered to one number per position. */

/** One layer seen from one score. Both arrays are [height, width, channels], row-major. */
export interface LayerProbe {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** A: what the layer answered. */
  readonly activation: Float32Array;
  /** ∂score/∂A. */
  readonly gradient: Float32Array;
}

export interface CamMethod {
  readonly name: string;
  /** The raw map [height, width], sign kept, in units of the score; float64 inside, rounded once. */
  map(probe: LayerProbe): Float32Array;
}

/** αₖ: the mean of `values` over positions, for every channel k. */
export function spatialMean({ channels, height, width }: LayerProbe, values: Float32Array): Float64Array {
  const sums = new Float64Array(channels);
  for (let i = 0; i < values.length; i += channels) {
    for (let k = 0; k < channels; k++) sums[k] = sums[k]! + values[i + k]!;
  }
  return sums.map((sum) => sum / (height * width));
}

/** Σₖ weightₖ·Aᵏ at every position. */
export function weightedSum({ activation, channels }: LayerProbe, weights: Float64Array): Float32Array {
  const map = new Float32Array(activation.length / channels);
  for (let position = 0; position < map.length; position++) {
    const start = position * channels;
    let sum = 0;
    for (let k = 0; k < channels; k++) sum += weights[k]! * activation[start + k]!;
    map[position] = sum;
  }
  return map;
}
