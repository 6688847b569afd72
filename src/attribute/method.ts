/** What an input-space method is: a short pure function of one picture, seen from one score, to a number per pixel. */
import type { Compat } from "../cam/compat.ts";
import type { Findings, Fold, LayerProbe, Probe, Series } from "../cam/method.ts";
import type { NoOptions, OptionSpecs, ValuesOf } from "../cam/option.ts";
import type { Reduction } from "../cam/reduce.ts";
import type { BackwardRule } from "../model.ts";

export type { BackwardRule };

/** What a constant that the network adds does to the score: b ⊙ ∂score/∂(output of the operator that adds it). */
export interface BiasTerm {
  readonly layer: string;
  /** [height, width, channels], row-major; 1×1 behind the pooling. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float32Array;
  /** A bias of an operator, or the constant that a clipped activation answers where it is saturated. */
  readonly kind: "bias" | "saturation";
}

export interface InputProbe extends Probe {
  /** ∂score/∂x, laid out as the input. */
  readonly gradient: Promise<Float32Array>;
  /** The gradient by another rule. Throws E_METHOD where the network has activations that the rule is not defined for. */
  readonly ruled: (rule: BackwardRule) => Promise<Float32Array>;
  /** score = x·∂score/∂x + Σ terms. Throws E_METHOD where that is not so: the network must be piecewise linear. */
  readonly biases: () => Promise<readonly BiasTerm[]>;
  /** Gradients by the input of other pictures, one after the other. */
  readonly fold: <State>(series: Series, fold: Fold<State>) => Promise<State>;
  /** The layer that was asked for: of methods that are `layered`. */
  readonly layer?: LayerProbe;
}

/** An attribution: a number for every element of the input ([height, width, channels]), or for every pixel. */
type Answer = Float32Array | Findings | Promise<Float32Array | Findings>;

export interface AttributeMethod<Specs extends OptionSpecs = OptionSpecs> {
  readonly name: string;
  readonly options?: Specs;
  /** The result depends on a layer: made for each layer that is asked for. Otherwise it is made once. */
  readonly layered?: true;
  attribution(probe: InputProbe, options: ValuesOf<Specs>): Answer;
  /** How packages compute it where that differs from the formula. */
  readonly compat?: Readonly<Partial<Record<Compat, Pick<AttributeMethod<Specs>, "attribution">>>>;
  /** From the values of one pixel's channels to the pixel of the map; "none" where attributions are one number per pixel. */
  readonly reduce: Reduction;
}

/** Gives a method literal the types of its options. */
export const defineAttribution = <const Specs extends OptionSpecs = NoOptions>(
  method: AttributeMethod<Specs>,
): AttributeMethod<Specs> => method;
