/** What explain is asked and what it answers, as types. */
import type { Compat } from "./cam/compat.ts";
import type { Sign, Warning } from "./cam/normalize.ts";
import type { GradCamError } from "./errors.ts";
import type { Fusion } from "./fuse.ts";
import type { Map2D } from "./image/image.ts";
import type { OptionValues } from "./method-options.ts";
import type { MethodName, OptionsOf } from "./methods.ts";
import type { EngineInfo, ModelIdentity } from "./model-facts.ts";
import type { Progress } from "./series.ts";
import type { Prediction, ScoreKind, Target } from "./target.ts";
import type { HostTensor } from "./tensor.ts";

export type { Compat };

/** "aug": the mean over flips and brightnesses of the picture. "eigen": the first component of what is summed over channels. */
export const SMOOTHINGS = ["aug", "eigen"] as const;
export type Smoothing = (typeof SMOOTHINGS)[number];

/** A layer, or several whose maps are combined. */
export type LayerChoice = string | readonly string[];

interface CommonOptions {
  /** What is differentiated; default "logit" ("probability" with compat "chollet"). */
  readonly score?: ScoreKind;
  readonly compat?: Compat;
  readonly smooth?: Smoothing;
  /** Evidence for the target (default), against it, or both: then maps reach from −1 to 1. */
  readonly sign?: Sign;
  /** How maps of several layers become one; default "mean". */
  readonly fuse?: Fusion;
  /** Of everything random; default 0. */
  readonly seed?: number;
  /** Listened to between batches of many-forward methods. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** With the options of the method: `{ method: "score-cam", maxN: 64 }`. */
export type ExplainOptions<M extends MethodName = MethodName> = CommonOptions & {
  /** Default "grad-cam". */
  readonly method?: M;
  /** Default "top-1". */
  readonly target?: Target;
  /** Default "auto": the model's default layer. Several are combined as `fuse` says. */
  readonly layer?: LayerChoice;
} & OptionsOf<M>;

/** With the options of all of the methods, each of which takes those it knows. */
export type ExplainManyOptions<M extends MethodName = MethodName> = CommonOptions & {
  readonly methods?: readonly M[];
  /** "all": every class of the model, in class order. */
  readonly targets?: readonly Target[] | "all";
  readonly layers?: readonly LayerChoice[];
  /**
   * Hears of methods that are not defined for this network or target, which then give no explanation; without it they end the
   * call with E_METHOD.
   */
  readonly onUndefined?: (method: MethodName, error: GradCamError) => void;
} & OptionsOf<M>;

/** The target as it was understood; `index` and the numbers are missing for a score expression. */
export interface ExplainedTarget {
  readonly index?: number;
  readonly label: string;
  readonly wnid?: string;
  readonly logit?: number;
  readonly probability?: number;
  /** Indices of the classes that it is held against. */
  readonly against?: readonly number[];
  /** The number that was explained. */
  readonly score: number;
}

/** Plain data: can be cloned, posted to a worker and stored. */
export interface Explanation {
  readonly method: MethodName;
  /** Several where maps were combined; "input" for methods that see no layer. */
  readonly layer: string | readonly string[];
  readonly target: ExplainedTarget;
  readonly score: ScoreKind;
  /** Top 5. */
  readonly predictions: readonly Prediction[];
  /**
   * Before ReLU and normalisation, in units of the score: at the layer's resolution, or at the input's for methods that
   * attribute to pixels. Combined maps are normalised first.
   */
  readonly raw: Map2D;
  /** 0…1 (−1…1 with sign "signed") at the size of the picture that was passed in; made from `raw` when it is first read. */
  readonly map: Map2D;
  /** Of input-space methods: a number for each channel of each pixel, [height, width, channels]. Left out of JSON. */
  readonly attribution?: HostTensor;
  /** The method's options, defaults filled in. */
  readonly parameters: OptionValues;
  /** What else the method found: a residual, a ratio of eigenvalues. */
  readonly facts?: Readonly<Record<string, number>>;
  readonly warnings: readonly Warning[];
  /** Milliseconds; what explainMany did once for all of its explanations is counted in each. */
  readonly timings: { readonly prepare: number; readonly forward: number; readonly backward: number };
  readonly model: ModelIdentity;
  /** Pixels of the picture that was passed in. */
  readonly picture: { readonly width: number; readonly height: number };
  readonly engine: EngineInfo;
  readonly compat?: Compat;
  readonly smooth?: Smoothing;
  readonly fuse?: Fusion;
  readonly sign: Sign;
  readonly seed: number;
  readonly version: string;
}
