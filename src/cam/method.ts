/**
 * What a class-activation method is: a short pure function of what one layer answered, seen from one score.
 * It sees a probe with lazy getters: reading a gradient runs the backward pass, asking for scores runs forward passes.
 */
import type { Random } from "../random.ts";
import type { ScoreExpression, ScoreOutput } from "../score.ts";
import type { Compat } from "./compat.ts";
import type { Warning } from "./normalize.ts";
import type { NoOptions, OptionSpecs, ValuesOf } from "./option.ts";

/** [height, width, channels] numbers, row-major. */
export interface Planes {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Samples that are shown to the network in batches, with progress and a chance to abort between them. */
export interface Series {
  /**
   * What they are, in words ("masks of channels"): progress shows it. All targets of one call that ask a method's series
   * of one name share its forward passes, so samples must not depend on the target.
   */
  readonly name: string;
  readonly count: number;
  /** Writes sample `index` over whatever `into` holds. Called in order. */
  readonly write: (index: number, into: Float32Array) => void;
}

/** What was seen of one sample of a series. */
interface Seen {
  readonly index: number;
  readonly score: number;
  /** ∂score/∂(what the probe is about: its layer, or the input). Valid during the call only, like `activation`. */
  readonly gradient: Float32Array;
  /** The layer's answer, or the sample itself. */
  readonly activation: Float32Array;
}

/** A sum over a series that never holds more than one batch of it. Both functions are the same for every target. */
export interface Fold<State> {
  readonly begin: () => State;
  readonly step: (state: State, seen: Seen) => void;
}

/** A sum over the scores of a series. Both functions are the same for every target. */
export interface Tally<State> {
  readonly begin: () => State;
  /** Called in order, for all targets, before the next batch is written. */
  readonly step: (state: State, scored: Pick<Seen, "index" | "score">) => void;
}

/** One picture seen from one score. */
export interface Probe {
  /** The picture as the network sees it. */
  readonly input: Planes;
  /** The score of the picture. */
  readonly score: number;
  /** Scores of other pictures (each as long as `input.data`): one forward pass a sample. */
  readonly scores: (series: Series) => Promise<Float64Array>;
  /** What is made of such scores while the samples are still at hand. */
  readonly tally: <State>(series: Series, tally: Tally<State>) => Promise<State>;
  /** Independent, reproducible streams of the call's seed: take one for every sample. */
  readonly random: (stream: number) => Random;
}

/** One layer seen from one score. */
export interface LayerProbe extends Probe {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** A: what the layer answered, [height, width, channels], row-major. */
  readonly activation: Float32Array;
  /** The score is an affine function of A: what a channel contributes is ⟨∂score/∂Aᵏ, Aᵏ⟩, and nothing else must be run. */
  readonly affine: boolean;
  /** ∂score/∂A, laid out as A. The first read runs the backward pass from the score to the layer, for all targets of the call. */
  readonly gradient: Promise<Float32Array>;
  /** αₖ: the mean of ∂score/∂Aᵏ over positions. Costs less than the gradient where the head allows it. */
  readonly meanGradient: Promise<Float32Array>;
  /** Scores when the layer answers something else (samples are as long as A): only what follows the layer is run. */
  readonly head: (series: Series) => Promise<Float64Array>;
  /** For pictures other than this one: the layer's answers and gradients, one after the other. */
  readonly fold: <State>(series: Series, fold: Fold<State>) => Promise<State>;
  /** For every row its scalar products with all rows, in f32. */
  readonly products: (rows: readonly Float32Array[]) => readonly Float32Array[];
  /** H·A with H = ∂²score/∂A², laid out as A. */
  readonly curvature: Promise<Float32Array>;
}

/** What a score can be made of, for methods that are defined by what they differentiate. */
export interface ScoredClass {
  /** The target's own score. */
  readonly own: ScoreExpression;
  /** The score of any class, of the kind that was asked for: its logit or its probability. */
  readonly of: (index: number) => ScoreExpression;
  readonly output: ScoreOutput;
  /** The target's class; undefined when the score is an expression of the caller's own. */
  readonly index: number | undefined;
  /** Of the picture that is explained, whatever sample is scored. */
  readonly logits: Float32Array;
}

/** A result with what else there is to say about it. */
export interface Findings {
  readonly data: Float32Array;
  /** Numbers worth printing, by name: a residual, a ratio of eigenvalues. */
  readonly facts?: Readonly<Record<string, number>>;
  readonly warnings?: readonly Warning[];
}

type Result = Float32Array | Findings;
type Answer = Result | Promise<Result>;

/**
 * How a map is made, one of three: `weights` gives αₖ of the map Σₖ αₖ·Aᵏ; `volume` gives [height, width, channels] whose
 * sum over channels is the map; `map` gives [height, width] itself. Signs are kept: normalisation comes later.
 */
export type Recipe<Specs extends OptionSpecs> =
  | { weights(probe: LayerProbe, options: ValuesOf<Specs>): Answer }
  | { volume(probe: LayerProbe, options: ValuesOf<Specs>): Answer }
  | { map(probe: LayerProbe, options: ValuesOf<Specs>): Answer };

export type CamMethod<Specs extends OptionSpecs = OptionSpecs> = Recipe<Specs> & {
  readonly name: string;
  readonly options?: Specs;
  /** The map is the same for every target. */
  readonly classAgnostic?: true;
  /** Takes the last layers of so many map sizes up to the one that is asked for, or those in a list, and multiplies their maps. */
  readonly stages?: number;
  /** Explains another score than the target's own, made from it. */
  score?(scored: ScoredClass, options: ValuesOf<Specs>): ScoreExpression;
  /** How packages compute it where that differs from the formula. */
  readonly compat?: Readonly<Partial<Record<Compat, Recipe<Specs> & Pick<CamMethod<Specs>, "score">>>>;
};

/** Gives a method literal the types of its options. */
export const defineCam = <const Specs extends OptionSpecs = NoOptions>(method: CamMethod<Specs>): CamMethod<Specs> =>
  method;
