/** Names of metrics and the settings that are theirs, read from the command line. */
import { checkChoice } from "../../image/choice.ts";
import type { MetricName } from "../../node.ts";
import { type Settings, settingsOf } from "../settings.ts";

/** What `--set` said, by whom it concerns: options that a metric knows go there, all others to the methods, which check them. */
export interface SplitSettings {
  readonly ofMetrics: Settings;
  readonly ofMethods: Settings;
}

/** Throws E_OPTION for what is no metric, naming the nearest. */
export async function metricsFrom(words: string): Promise<MetricName[]> {
  const { METRICS } = await import("../../node.ts");
  const names = listOf(words);
  for (const name of names) checkChoice(name as MetricName, METRICS, "--metrics");
  return names as MetricName[];
}

/** Throws E_OPTION for what is no name=value. */
export async function splitSettings(pairs: readonly string[], metrics: readonly MetricName[]): Promise<SplitSettings> {
  const { metricCalled } = await import("../../metrics/index.ts");
  const known = new Set(metrics.flatMap((name) => Object.keys(metricCalled(name).options ?? {})));
  const set = Object.entries(settingsOf(pairs));
  return {
    ofMetrics: Object.fromEntries(set.filter(([name]) => known.has(name))),
    ofMethods: Object.fromEntries(set.filter(([name]) => !known.has(name))),
  };
}

/** Words with commas between them, each once. */
export const listOf = (words: string): string[] => [...new Set(words.split(",").map((word) => word.trim()))];
