/** `explain --metrics`: what is measured about each map, beside the mean of maps that know nothing. */
import { GradCamError } from "../../errors.ts";
import type { Compat, Explanation } from "../../explanation.ts";
import type { Image } from "../../image/image.ts";
import type { Curve } from "../../metrics/metric.ts";
import type { EvaluateOptions, MetricName, MetricResult, Model } from "../../node.ts";
import type { RandomMaps } from "../../report/report-metric.ts";
import type { Conduct, Progress } from "../../series.ts";
import { metricsFrom } from "./metric-settings.ts";
import { BASELINE } from "./metrics-tally.ts";
import type { Settings } from "../settings.ts";

export interface Measures {
  readonly names: readonly MetricName[];
  readonly options: EvaluateOptions;
}

/** Of one metric, with what random maps of the same layer get. */
export interface ComparedResult extends MetricResult {
  readonly random: RandomMaps;
}

interface MeasureFlags {
  readonly metrics?: string;
  readonly seed?: number;
  readonly compat?: Compat;
  readonly csv?: boolean;
}

/** One random sum of channels says little; all of them cost as much as the map itself. */
const DRAWS = 3;

/** The metrics of `--metrics`, none without it. Throws E_OPTION for unknown ones and those that have to know where the object is. */
export async function namedMetrics({ metrics, csv }: MeasureFlags): Promise<MetricName[]> {
  if (metrics === undefined) return [];
  const names = await metricsFrom(metrics);
  if (csv) {
    const hint = "gradcam metrics --csv prints a table of them";
    throw new GradCamError("E_OPTION", { where: "--metrics", expected: "no --csv", got: "--csv", hint });
  }
  const { metricCalled } = await import("../../metrics/index.ts");
  const needy = names.find((name) => metricCalled(name).needsBoxes);
  if (needy === undefined) return names;
  const expected = "metrics that need no boxes of the object";
  throw new GradCamError("E_OPTION", { where: "--metrics", expected, got: needy, hint: "gradcam metrics --boxes" });
}

export const measuresOf = (names: readonly MetricName[], settings: Settings, flags: MeasureFlags): Measures => ({
  names,
  options: { ...settings, seed: flags.seed ?? 0, ...(flags.compat && { compat: flags.compat }) },
});

/** A list of results for each explanation; all of one picture. */
export async function comparedResults(
  model: Model,
  image: Image,
  explanations: readonly Explanation[],
  { names, options }: Measures,
  { signal, onProgress }: Conduct,
): Promise<ComparedResult[][]> {
  const { evaluate } = await import("../../node.ts");
  const random = new Map<string, Explanation[]>();
  for (const explanation of explanations) {
    const key = baselineKey(explanation);
    if (!random.has(key)) random.set(key, await randomMaps(model, image, explanation, options, signal));
  }
  const maps = [...[...random.values()].flat(), ...explanations];
  const results = new Map<Explanation, MetricResult[]>();
  for (const map of maps) {
    const measuring = progressOf(map, results.size, maps.length, names, onProgress);
    results.set(map, await evaluate(model, image, map, names, { ...options, signal, onProgress: measuring }));
  }
  return explanations.map((explanation) => {
    const draws = random.get(baselineKey(explanation))!.map((map) => results.get(map)!);
    return results.get(explanation)!.map((result, i) => ({ ...result, random: meanOf(draws.map((each) => each[i]!)) }));
  });
}

/** Maps of the same class, layers and sign are compared with the same random ones. */
const baselineKey = ({ target, layer, fuse, sign }: Explanation): string =>
  JSON.stringify([target.index, layer, fuse, sign]);

async function randomMaps(
  model: Model,
  image: Image,
  { target: { index }, layer, fuse, sign, compat }: Explanation,
  { seed = 0 }: EvaluateOptions,
  signal: AbortSignal | undefined,
): Promise<Explanation[]> {
  const { explain } = await import("../../node.ts");
  // Scores of code have no place on a command line: every target is a class.
  const asked = {
    method: BASELINE,
    target: index!,
    ...(layer !== "input" && { layer, sign }),
    ...(fuse && { fuse }),
    ...(compat && { compat }),
    ...(signal && { signal }),
  } as const;
  const maps: Explanation[] = [];
  // The last seeds have no three after them.
  const first = Math.min(seed, Number.MAX_SAFE_INTEGER - DRAWS);
  for (let i = 0; i < DRAWS; i++) maps.push(await explain(model, image, { ...asked, seed: first + i }));
  return maps;
}

function meanOf(results: readonly MetricResult[]): RandomMaps {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);
  const curves = Object.entries(results[0]!.curves ?? {}).map(([name, { x }]): [string, Curve] => {
    const all = results.map((result) => result.curves![name]!.y);
    return [name, { x, y: x.map((_, i) => mean(all.map((y) => y[i]!))) }];
  });
  return {
    maps: results.length,
    value: mean(results.map(({ value }) => value)),
    ...(curves.length > 0 && { curves: Object.fromEntries(curves) }),
  };
}

/** Of the progress of one picture. */
const WHOLE = 1000;

/** Of one map among several: metrics follow each other, and each tells how far it is. */
function progressOf(
  { method }: Explanation,
  before: number,
  maps: number,
  names: readonly MetricName[],
  onProgress: Conduct["onProgress"],
): (progress: Progress) => void {
  return ({ stage, done, total }) => {
    const metric = names.findIndex((name) => stage.split(":")[0] === name);
    const part = (before * names.length + metric + done / total) / (maps * names.length);
    onProgress?.({ stage: `${method}, ${stage}`, done: Math.round(WHOLE * part), total: WHOLE, unit: "samples" });
  };
}
