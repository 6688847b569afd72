/**
 * The variance of Keras's Normalization layer as the network means it. The official EfficientNet files store
 * ImageNet's deviations (0.229, …) where the layer wants variances; Keras makes up for it with one more Rescaling by
 * 1/√deviation, which it adds only when it loads those weights itself. (x − m)/√d·1/√d = (x − m)/√d²: here the stored
 * numbers are squared instead, if they are those. https://github.com/tensorflow/tensorflow/issues/49930
 */
import type { Parameter } from "../graph/parameter.ts";

const DEVIATIONS = [0.229, 0.224, 0.225] as const;

/** Farther from them than f16 rounds is another number. */
const TOLERANCE = 1e-3;

/** @param parameter the variance as stored, one number per channel */
export function storedVariance(parameter: Parameter): Parameter {
  const { source } = parameter;
  return {
    ...parameter,
    source: {
      length: source.length,
      async read(start, end) {
        const stored = await source.read(0, source.length);
        const isDeviation = stored.every((value, c) => Math.abs(value - (DEVIATIONS[c] ?? NaN)) <= TOLERANCE);
        return (isDeviation ? stored.map((value) => value * value) : stored).subarray(start, end);
      },
    },
  };
}
