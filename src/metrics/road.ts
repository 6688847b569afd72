import type { Planes } from "../cam/method.ts";
import { mean } from "./curve.ts";
import { imputed } from "./impute.ts";
import { defineMetric, type Measurement, type Trial } from "./metric.ts";
import { mostImportantFirst } from "./order.ts";

/** Pixels that are left, 1, of those that are removed, 0. */
type Keep = (map: Float32Array, fraction: number, least: boolean) => Uint8Array;

/**
 * ROAD: (p after the least important pixels are removed − p after the most important are) / 2, the mean over `levels` evenly
 * spaced fractions (9: 10 to 90 %). Removed pixels are solved from their neighbours, with noise, so that the network sees
 * neither the removed information nor the shape of what was removed. Positive if the map orders pixels rightly.
 * Rong et al., ICML 2022, https://arxiv.org/abs/2202.00449; combined as in pytorch-grad-cam's ROADCombined.
 */
export const road = defineMetric({
  name: "road",
  better: "higher",
  options: {
    levels: { default: 9, min: 1, max: 99, integer: true, about: "fractions of removed pixels that are tried" },
    noise: { default: 0.01, min: 0, about: "standard deviation of ROAD's noise, in units of the input" },
  },
  measure: (trial, options) => removed(trial, options, ofRank),
  compat: { "pytorch-grad-cam": { measure: (trial, options) => removed(trial, options, belowPercentile) } },
});

async function removed(
  trial: Trial,
  { levels, noise }: { levels: number; noise: number },
  keep: Keep,
): Promise<Measurement> {
  const fractions = Array.from({ length: levels }, (_, i) => (i + 1) / (levels + 1));
  const p = await trial.probabilities({
    name: "pixels removed and guessed",
    count: 2 * levels,
    write(index, into) {
      const left = 1 - fractions[index % levels]!;
      const kept = keep(trial.map.data, left, index >= levels);
      into.set(imputed(trial.input, kept));
      if (noise > 0) disturb(into, { kept, noise, ...trial.input, normal: trial.random(index).normal });
    },
  });
  const [most, least] = [p.subarray(0, levels), p.subarray(levels)];
  const curve = (y: Float64Array) => ({ x: fractions, y: Array.from(y) });
  return {
    value: (mean(least) - mean(most)) / 2,
    curves: { "most-important-first": curve(most), "least-important-first": curve(least) },
  };
}

/** Exactly the fraction, equal values in row order: also where much of a map is 0. */
const ofRank: Keep = (map, fraction, least) => {
  const order = mostImportantFirst(map);
  const count = Math.round(order.length * fraction);
  const kept = new Uint8Array(map.length);
  for (const pixel of least ? order.subarray(0, count) : order.subarray(order.length - count)) kept[pixel] = 1;
  return kept;
};

/** Values below the percentile, of the map or of 1 − map: of equal values all or none. */
const belowPercentile: Keep = (map, fraction, least) => {
  const values = least ? map.map((value) => 1 - value) : map;
  const sorted = values.slice().sort();
  const place = (sorted.length - 1) * fraction;
  const below = Math.floor(place);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  const level = low + (high - low) * (place - below);
  const kept = Uint8Array.from(values, (value) => Number(value < level));
  return kept.includes(1) ? kept : ofRank(map, fraction, least);
};

interface Disturbance extends Pick<Planes, "channels"> {
  readonly kept: Uint8Array;
  readonly noise: number;
  readonly normal: () => number;
}

function disturb(picture: Float32Array, { kept, noise, channels, normal }: Disturbance): void {
  for (let i = 0; i < picture.length; i++) {
    if (kept[Math.floor(i / channels)] === 0) picture[i] = picture[i]! + noise * normal();
  }
}
