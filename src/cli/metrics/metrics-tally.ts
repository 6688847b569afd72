/** What metrics said about many pictures: numbers only, so that there may be any number of pictures. */
import type { Interval, meanInterval, MetricName, MetricResult } from "../../node.ts";

/** What is compared with: a map that knows nothing. */
export const BASELINE = "random-cam";

/** One method by one metric, over all pictures. */
export interface Row extends Interval {
  readonly metric: MetricName;
  readonly better: "higher" | "lower";
  readonly method: string;
  readonly pictures: number;
  /** Mean of the differences from the baseline, picture by picture; missing for the baseline itself. */
  readonly difference?: Interval;
  /** The interval of the differences excludes 0. */
  readonly verdict?: "better" | "worse";
}

interface Total {
  readonly sum: number;
  readonly count: number;
}

interface Series {
  readonly metric: MetricName;
  readonly better: "higher" | "lower";
  readonly method: string;
  /** By picture: the sum over its maps by this method, and their number. */
  readonly pictures: Map<string, Total>;
}

export class Tally {
  readonly #series = new Map<string, Series>();

  /** A map of a picture. Several by one method, draws of the baseline, are averaged. */
  add(picture: string, method: string, results: readonly MetricResult[]): void {
    for (const { metric, better, value } of results) {
      const key = `${metric} ${method}`;
      const series = this.#series.get(key) ?? { metric, better, method, pictures: new Map<string, Total>() };
      this.#series.set(key, series);
      const { sum, count } = series.pictures.get(picture) ?? { sum: 0, count: 0 };
      series.pictures.set(picture, { sum: sum + value, count: count + 1 });
    }
  }

  /** By metric, then by method, in the order in which they came; the baseline last. */
  rows(interval: typeof meanInterval, seed: number): Row[] {
    const all = [...this.#series.values()];
    const metrics = [...new Set(all.map(({ metric }) => metric))];
    return metrics.flatMap((metric) => {
      const ofMetric = all.filter((series) => series.metric === metric);
      const base = valuesOf(ofMetric.find(({ method }) => method === BASELINE)!);
      return ofMetric.map((series) => {
        const { better, method } = series;
        const values = valuesOf(series);
        const row = { metric, better, method, pictures: values.length, ...interval(values, seed) };
        if (method === BASELINE) return row;
        const differences = values.map((value, i) => value - base[i]!);
        const difference = interval(differences, seed);
        const verdict = verdictOf(difference, better);
        return { ...row, difference, ...(verdict && { verdict }) };
      });
    });
  }
}

const valuesOf = ({ pictures }: Series): number[] => [...pictures.values()].map(({ sum, count }) => sum / count);

function verdictOf({ low, high }: Interval, better: Row["better"]): Row["verdict"] {
  if (low === undefined || high === undefined || (low <= 0 && high >= 0)) return undefined;
  return low > 0 === (better === "higher") ? "better" : "worse";
}
