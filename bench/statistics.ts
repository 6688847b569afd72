/** What is said about repeated measurements. Medians and tenths: a shared machine has no use for means. */

export interface Summary {
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  readonly min: number;
  readonly count: number;
}

/** Linear interpolation between order statistics; `q` from 0 to 1. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error("quantile of nothing");
  return below + (above - below) * (place - Math.floor(place));
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const summarize = (values: readonly number[]): Summary => ({
  median: median(values),
  p10: quantile(values, 0.1),
  p90: quantile(values, 0.9),
  min: Math.min(...values),
  count: values.length,
});

/**
 * How many times `a` of `b`, when both were measured in the same rounds: the median over the rounds of the quotient of
 * the two medians. What disturbs a whole round disturbs both sides of its quotient. Rounds that only one side took
 * part in do not count.
 */
export function ratio(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): Summary {
  const both = Math.min(a.length, b.length);
  return summarize(a.slice(0, both).map((round, i) => median(round) / median(b[i]!)));
}

/** (max − min) / median of the last `count` values; Infinity while there are fewer. */
export function spread(values: readonly number[], count: number): number {
  if (values.length < count) return Infinity;
  const last = values.slice(-count);
  return (Math.max(...last) - Math.min(...last)) / median(last);
}

/** The items in random order. */
export function shuffled<T>(items: readonly T[]): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
