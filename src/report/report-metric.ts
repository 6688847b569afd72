/** What `evaluate` found out, as reports show it: a number, a curve, and what random maps get. */
import type { Curve, Measurement } from "../metrics/metric.ts";
import type { ReportMetric } from "./page-data.ts";

/** The mean of what maps that know nothing get by the same metric. */
export interface RandomMaps {
  /** How many. */
  readonly maps: number;
  readonly value: number;
  readonly curves?: Readonly<Record<string, Curve>>;
}

/** One result of `evaluate`. */
interface Result extends Measurement {
  readonly metric: string;
  readonly better: "higher" | "lower";
}

/** The metric's first curve is drawn over the area below it, its others and that of random maps as lines. */
export function reportMetric({ metric, value, better, curves = {} }: Result, random?: RandomMaps): ReportMetric {
  const [first, ...rest] = Object.entries(curves);
  const others = rest.map(([name, curve]) => ({ name, ...curve }));
  const chance = first && random?.curves?.[first[0]];
  if (chance) others.push({ name: "random maps", ...chance });
  return {
    name: metric,
    value,
    better,
    ...(random && { random: random.value }),
    ...(first && { curve: first[1] }),
    ...(rest.length > 0 && { curveName: first![0] }),
    ...(others.length > 0 && { others }),
  };
}
