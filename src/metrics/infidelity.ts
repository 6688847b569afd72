import { mean } from "./curve.ts";
import { defineMetric } from "./metric.ts";

interface Square {
  readonly left: number;
  readonly top: number;
}

/**
 * Infidelity: the mean of (β·Σ_S L − (p(x) − p(x without S)))² over random squares S that are set to 0, a quarter of the
 * picture's side wide. A map whose sums foretell what is lost has a small one. Maps have no scale of their own, so β is the one
 * that makes the mean smallest: E[ΣL·Δp] / E[(ΣL)²].
 * Yeh et al., NeurIPS 2019, definition 2.1 with square removal, https://arxiv.org/abs/1901.09392
 */
export const infidelity = defineMetric({
  name: "infidelity",
  better: "lower",
  options: { squares: { default: 100, min: 1, max: 100_000, integer: true, about: "random squares that are removed" } },
  async measure(trial, { squares }) {
    const { data, width, height, channels } = trial.input;
    const side = Math.max(1, Math.round(Math.min(width, height) / 4));
    const places = Array.from({ length: squares }, (_, i): Square => {
      const { uniform } = trial.random(i);
      const [left, top] = [uniform(0, width - side + 1), uniform(0, height - side + 1)];
      return { left: Math.floor(left), top: Math.floor(top) };
    });
    const without = await trial.probabilities({
      name: "squares removed",
      count: squares,
      write(index, into) {
        into.set(data);
        for (const row of rowsOf(places[index]!, side, width)) into.fill(0, row * channels, (row + side) * channels);
      },
    });
    const whole = await trial.probability;
    const lost = Float64Array.from(without, (probability) => whole - probability);
    const foretold = Float64Array.from(places, (place) => sumOver(trial.map.data, rowsOf(place, side, width), side));
    const size = mean(foretold.map((sum) => sum * sum));
    const scale = size > 0 ? mean(foretold.map((sum, i) => sum * lost[i]!)) / size : 0;
    return { value: mean(lost.map((loss, i) => (scale * foretold[i]! - loss) ** 2)), facts: { scale } };
  },
});

/** The first pixel of each row of a square. */
const rowsOf = ({ left, top }: Square, side: number, width: number): number[] =>
  Array.from({ length: side }, (_, y) => (top + y) * width + left);

function sumOver(map: Float32Array, rows: readonly number[], side: number): number {
  let sum = 0;
  for (const row of rows) for (let i = row; i < row + side; i++) sum += map[i]!;
  return sum;
}
