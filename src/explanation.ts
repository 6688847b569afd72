/** What explain is asked and what it answers, as types. */
import type { MethodName } from "./cam/index.ts";
import type { Sign, Warning } from "./cam/normalize.ts";
import type { Map2D } from "./image/image.ts";
import type { EngineInfo } from "./model.ts";
import type { Prediction, ScoreKind, Target } from "./target.ts";

/** Recipes reproduced exactly, defects included. */
export const COMPATS = ["chollet"] as const;
export type Compat = (typeof COMPATS)[number];

export interface ExplainOptions {
  /** Default "grad-cam". */
  readonly method?: MethodName;
  /** Default "top-1". */
  readonly target?: Target;
  /** Default "auto": the model's default layer. */
  readonly layer?: string;
  /** What is differentiated; default "logit" ("probability" with compat "chollet"). */
  readonly score?: ScoreKind;
  readonly compat?: Compat;
  /** Evidence for the target (default) or against it. */
  readonly sign?: Sign;
  readonly signal?: AbortSignal;
}

export interface ExplainManyOptions extends Omit<ExplainOptions, "method" | "target" | "layer"> {
  readonly methods?: readonly MethodName[];
  /** "all": every class of the model, in class order. */
  readonly targets?: readonly Target[] | "all";
  readonly layers?: readonly string[];
}

/** The target as it was understood; `index` and the numbers are missing for a score expression. */
export interface ExplainedTarget {
  readonly index?: number;
  readonly label: string;
  readonly wnid?: string;
  readonly logit?: number;
  readonly probability?: number;
  /** The number that was differentiated. */
  readonly score: number;
}

/** Plain data: can be cloned, posted to a worker and stored. */
export interface Explanation {
  readonly method: MethodName;
  readonly layer: string;
  readonly target: ExplainedTarget;
  readonly score: ScoreKind;
  /** Top 5. */
  readonly predictions: readonly Prediction[];
  /** Before ReLU and normalisation, at the layer's resolution, in units of the score. */
  readonly raw: Map2D;
  /** 0…1 at the size of the picture that was passed in; made from `raw` when it is first read. */
  readonly map: Map2D;
  readonly warnings: readonly Warning[];
  /** Milliseconds; what explainMany did once for all of its explanations is counted in each. */
  readonly timings: { readonly prepare: number; readonly forward: number; readonly backward: number };
  readonly model: { readonly name: string; readonly format: string };
  readonly engine: EngineInfo;
  readonly compat?: Compat;
  readonly version: string;
}
