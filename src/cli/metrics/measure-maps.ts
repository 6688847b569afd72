/** One picture: its maps by some methods, and what metrics say about each of them. */
import type { EvaluateOptions, ExplainManyOptions, Explanation, MetricName, MetricResult, Model } from "../../node.ts";
import { BASELINE } from "./metrics-tally.ts";
import type { Conduct } from "../../series.ts";
import type { Picture } from "../files/pictures.ts";
import type { Settings } from "../settings.ts";

/** What is measured, checked as far as it can be before a model is loaded. */
export interface Plan {
  readonly seed: number;
  /** Random maps of each picture. */
  readonly draws: number;
  readonly methods: readonly Explanation["method"][];
  readonly metrics: readonly MetricName[];
  readonly explaining: ExplainManyOptions;
  /** Of the methods; the baseline has none. */
  readonly options: Settings;
  readonly evaluating: EvaluateOptions;
}

/** One map that is measured. */
export interface MeasuredMap {
  readonly explanation: Explanation;
  readonly results: MetricResult[];
}

/** Of the progress of one picture. */
const WHOLE = 1000;

/** All methods of one picture, several draws of the baseline among them. */
export async function measured(
  model: Model,
  { upright }: Picture,
  plan: Plan,
  extra: Pick<EvaluateOptions, "seed" | "boxes">,
  { signal, onProgress }: Conduct,
): Promise<MeasuredMap[]> {
  const { evaluate, explainMany } = await import("../../node.ts");
  const { methods, metrics, draws, seed } = plan;
  const parts = 1 + (methods.length + draws) * metrics.length;
  const tell = (stage: string, part: number): void =>
    onProgress?.({ stage, done: Math.round((WHOLE * part) / parts), total: WHOLE, unit: "samples" });
  const explain = (which: Plan["methods"], drawn: number, options: Plan["options"]): Promise<Explanation[]> =>
    explainMany(model, upright, {
      ...plan.explaining,
      ...options,
      methods: which,
      seed: drawn,
      ...(signal && { signal }),
      onProgress: ({ stage, done, total }) => tell(stage, done / total),
    });
  const explanations = methods.length > 0 ? await explain(methods, seed, plan.options) : [];
  const first = extra.seed ?? 0;
  for (let i = 0; i < draws; i++) explanations.push(...(await explain([BASELINE], first + i, {})));
  const maps: MeasuredMap[] = [];
  for (const explanation of explanations) {
    const results = await evaluate(model, upright, explanation, metrics, {
      ...plan.evaluating,
      ...extra,
      signal,
      onProgress({ stage, done, total }) {
        const metric = metrics.findIndex((each) => stage.split(":")[0] === each);
        tell(`${explanation.method}, ${stage}`, 1 + maps.length * metrics.length + metric + done / total);
      },
    });
    maps.push({ explanation, results });
  }
  return maps;
}
