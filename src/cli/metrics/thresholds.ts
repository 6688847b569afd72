/** --fail-under insertion=0.4: how good the means of metrics must be for the command to succeed. */
import { GradCamError } from "../../errors.ts";
import { BASELINE, type Row } from "./metrics-tally.ts";
import { numberPairs } from "../number-pairs.ts";

/** By metric. Throws E_OPTION for what is no NAME=NUMBER, and for metrics that are not measured. */
export function thresholdsFrom(flags: readonly string[], metrics: readonly string[]): ReadonlyMap<string, number> {
  const pairs = numberPairs(flags, "--fail-under");
  for (const name of pairs.keys()) {
    if (metrics.includes(name)) continue;
    throw new GradCamError("E_OPTION", {
      where: `--fail-under ${name}`,
      expected: `one of the metrics that are measured: ${metrics.join(", ")}`,
      got: `"${name}"`,
      hint: "name it in --metrics as well",
    });
  }
  return pairs;
}

/** For every method whose mean is worse than allowed an E_THRESHOLD; the baseline may be as bad as it is. */
export const missed = (rows: readonly Row[], thresholds: ReadonlyMap<string, number>): GradCamError[] =>
  rows.flatMap(({ metric, better, method, mean }) => {
    const level = thresholds.get(metric);
    if (level === undefined || method === BASELINE) return [];
    if (better === "higher" ? mean >= level : mean <= level) return [];
    const expected = `${better === "higher" ? "at least" : "at most"} ${String(level)}`;
    return [new GradCamError("E_THRESHOLD", { where: `${metric} of ${method}`, expected, got: mean.toPrecision(4) })];
  });
