/** Is a map faithful? Explanations measured against the network that they explain. */
import type { Warning } from "./cam/normalize.ts";
import { COMPATS } from "./cam/compat.ts";
import { GradCamError } from "./errors.ts";
import type { Compat, Explanation } from "./explanation.ts";
import { checkChoice } from "./image/choice.ts";
import type { ImageLike, Map2D, Rect } from "./image/image.ts";
import { checkOptionNames, optionValues, type OptionValues } from "./method-options.ts";
import { metricCalled, type MetricName, type MetricOptions, METRICS } from "./metrics/index.ts";
import type { Measurement } from "./metrics/metric.ts";
import type { Model } from "./model.ts";
import { prepareInput } from "./prepare.ts";
import { checkSeed } from "./random.ts";
import type { Conduct, Progress } from "./series.ts";
import type { HostTensor } from "./tensor.ts";
import { ModelTrial } from "./trial.ts";

/** An explanation, or the map of any other program with the class that it is about. */
export type EvaluatedExplanation = Pick<Explanation, "map"> & {
  readonly target: { readonly index?: number; readonly against?: readonly number[] };
} & Partial<Omit<Explanation, "map" | "target">>;

/** With the options of the metrics: `{ steps: 20 }`. Progress names the metric, then what it looks at. */
export interface EvaluateOptions extends Conduct, MetricOptions {
  /** Of everything random; default 0. */
  readonly seed?: number;
  /** Settings and definitions of a package where they differ from the paper's. */
  readonly compat?: Compat;
  /** Where the object is, in pixels of the picture: for pointing-game and energy-in-box. */
  readonly boxes?: readonly Rect[];
}

/** Plain data. */
export interface MetricResult extends Measurement {
  readonly metric: MetricName;
  /** Which values are good. */
  readonly better: "higher" | "lower";
  /** The metric's options, defaults filled in. */
  readonly parameters: OptionValues;
  readonly warnings: readonly Warning[];
  readonly seed: number;
  readonly compat?: Compat;
  readonly milliseconds: number;
}

/**
 * Measures explanations of one picture by each of the metrics, in their order; the picture is the one that was explained.
 * Values of many pictures are averaged. Throws E_OPTION, E_INPUT_VALUE, E_TARGET_CLASS, E_METHOD, E_INPUT_SHAPE, E_NONFINITE,
 * E_DISPOSED, and the reason of `signal`.
 */
export async function evaluate(
  model: Model,
  image: ImageLike | HostTensor,
  explanation: EvaluatedExplanation,
  metrics: readonly MetricName[],
  options?: EvaluateOptions,
): Promise<MetricResult[]>;
/** As above; results in the order of the explanations. */
export async function evaluate(
  model: Model,
  image: ImageLike | HostTensor,
  explanations: readonly EvaluatedExplanation[],
  metrics: readonly MetricName[],
  options?: EvaluateOptions,
): Promise<MetricResult[][]>;
export async function evaluate(
  model: Model,
  image: ImageLike | HostTensor,
  explained: EvaluatedExplanation | readonly EvaluatedExplanation[],
  metrics: readonly MetricName[],
  options: EvaluateOptions = {},
): Promise<MetricResult[] | MetricResult[][]> {
  const measures = checkedMeasures(metrics, options);
  const several = Array.isArray(explained);
  const results: MetricResult[][] = [];
  for (const explanation of (several ? explained : [explained]) as readonly EvaluatedExplanation[]) {
    const { boxes = [], seed = 0, signal, onProgress } = options;
    let current = "";
    const told =
      onProgress &&
      ((progress: Progress) =>
        onProgress({ ...progress, stage: progress.stage === current ? current : `${current}: ${progress.stage}` }));
    const trial = new ModelTrial({
      model,
      prepared: prepareInput(model, image, explanation.compat),
      explanation,
      boxes,
      seed,
      conduct: { signal, onProgress: told },
    });
    const ofOne: MetricResult[] = [];
    for (const [i, measure] of measures.entries()) {
      signal?.throwIfAborted();
      current = metrics[i]!;
      ofOne.push(await measure(trial));
    }
    results.push(ofOne);
  }
  return several ? results : results[0]!;
}

/** Everything that can be wrong is found before anything is computed. */
function checkedMeasures(
  names: readonly MetricName[],
  options: EvaluateOptions,
): ((trial: ModelTrial) => Promise<MetricResult>)[] {
  const { seed = 0, compat, boxes = [], signal: _signal, onProgress: _onProgress, ...set } = options;
  if (names.length === 0)
    throw new GradCamError("E_OPTION", { where: "metrics", expected: "at least one", got: "none" });
  for (const name of names) checkChoice(name, METRICS, "metric");
  if (compat !== undefined) checkChoice(compat, COMPATS, "compat");
  checkOptionNames(set, new Map(names.map((name) => [name, metricCalled(name).options ?? {}])));
  checkSeed(seed);
  checkBoxes(names, boxes);
  return names.map((name) => {
    const metric = metricCalled(name);
    const parameters = optionValues(name, metric.options, set);
    const special = compat && metric.compat?.[compat];
    const recipe = special ?? metric;
    return async (trial) => {
      const begun = performance.now();
      const measured = await recipe.measure(trial, parameters);
      const milliseconds = performance.now() - begun;
      checkFinite(name, measured);
      const made = { metric: name, better: metric.better, parameters, warnings: doubts(trial.map), seed };
      return { ...made, ...measured, ...(special && { compat }), milliseconds };
    };
  });
}

/** Throws E_OPTION where boxes are needed, E_INPUT_VALUE for boxes that are none. */
function checkBoxes(names: readonly MetricName[], boxes: readonly (Rect | null)[]): void {
  if (!Array.isArray(boxes)) {
    throw new GradCamError("E_OPTION", { where: "boxes", expected: "a list", got: typeof boxes });
  }
  const needy = names.find((name) => metricCalled(name).needsBoxes);
  if (needy !== undefined && boxes.length === 0) {
    throw new GradCamError("E_OPTION", {
      where: needy,
      expected: "boxes of the object in the picture",
      got: "none",
      hint: "set boxes: [{ x, y, width, height }], or leave this metric out",
    });
  }
  boxes.forEach((box: Partial<Rect> | null, i) => {
    const { x = NaN, y = NaN, width = NaN, height = NaN } = box ?? {};
    if ([x, y, width, height].every(Number.isFinite) && width > 0 && height > 0) return;
    const where = `boxes[${String(i)}]`;
    const expected = "{ x, y, width, height } in pixels of the picture, width and height above 0";
    throw new GradCamError("E_INPUT_VALUE", { where, expected, got: JSON.stringify(box) });
  });
}

/** Throws E_NONFINITE: NaN in a table says nothing of why. */
function checkFinite(name: MetricName, { value, curves = {} }: Measurement): void {
  const wrong = [value, ...Object.values(curves).flatMap(({ y }) => y)].find((number) => !Number.isFinite(number));
  if (wrong === undefined) return;
  const hint =
    "check that the weights belong to this architecture, and that options such as noise are in the input's range";
  throw new GradCamError("E_NONFINITE", { where: name, expected: "finite probabilities", got: String(wrong), hint });
}

/** A flat map puts pixels in no order: what is measured then is how the network reads a picture row by row. */
function doubts({ data }: Map2D): Warning[] {
  if (data.some((value) => value !== data[0])) return [];
  const message = "every position of the map has the same value, so it puts pixels in no order";
  return [{ code: "FLAT", message, hint: "look at the explanation's own warnings" }];
}
