import { defineMetric } from "./metric.ts";

/**
 * Sensitivity-max: the largest ‖Φ(x + e) − Φ(x)‖ / ‖Φ(x)‖ over `samples` pictures with uniform noise of ±`radius`, a fraction of
 * the picture's own range. What hardly changes the picture should hardly change its map. Facts: the mean. 0 for blank maps.
 * Yeh et al., NeurIPS 2019, definition 3.1, https://arxiv.org/abs/1901.09392
 */
export const sensitivityMax = defineMetric({
  name: "sensitivity-max",
  better: "lower",
  options: {
    samples: { default: 10, min: 1, max: 100_000, integer: true, about: "pictures that are tried" },
    radius: { default: 0.02, min: 0, about: "largest change of a pixel, as a fraction of the picture's range" },
  },
  async measure(trial, { samples, radius }) {
    const { data } = trial.input;
    const reach = radius * rangeOf(data);
    const own = (await trial.own).data;
    const length = norm(own);
    const changes: number[] = [];
    for (let i = 0; i < samples; i++) {
      const { uniform } = trial.random(i);
      const { data: map } = await trial.again(data.map((value) => value + uniform(-reach, reach)));
      changes.push(length > 0 ? norm(map.map((value, at) => value - own[at]!)) / length : 0);
    }
    const mean = changes.reduce((sum, change) => sum + change, 0) / samples;
    return { value: Math.max(...changes), facts: { mean } };
  },
});

function norm(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

function rangeOf(values: Float32Array): number {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low;
}
