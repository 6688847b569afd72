/** What the zoo knows about one architecture. A new one is a file with such an object and a line in index.ts. */
import type { ValueId } from "../graph/graph.ts";
import type { Pair } from "../shape.ts";
import type { Naming } from "./names/naming.ts";
import type { Net } from "./net.ts";

/** Two frameworks, two geometries: padding before or around strided windows, where the stride sits, epsilons, biases. */
export type Flavour = "keras" | "torch";

export interface BuildOptions {
  /** Input height and width. */
  readonly size: Pair;
  readonly classes: number;
  /** Width multiplier. */
  readonly alpha: number;
  readonly flavour: Flavour;
  /** What batch norms add to variances, where files of one architecture differ in it; default: the flavour's. */
  readonly epsilon?: number;
  /** Whether the network takes bytes and rescales them itself, where that differs; default: the flavour's habit. */
  readonly rescales?: boolean;
}

/** Where the authors' weights are to be had. */
export interface OfficialWeights {
  readonly url: string;
  /** Undefined where it is not known. */
  readonly bytes?: number;
  readonly md5?: string;
  readonly licence: string;
}

export interface Architecture {
  readonly title: string;
  /** Side of the square input it was trained with. */
  readonly inputSize: number;
  /** How files call its tensors, and what each such file implies. */
  readonly namings: readonly Naming[];
  /** The layers that a file "without top" lacks; the last one has one unit per class. */
  readonly top: readonly [string, ...string[]];
  /** Width multipliers that exist; the first is tried first. Default [1]. */
  readonly alphas?: readonly number[];
  readonly official?: OfficialWeights;
  /** Adds all layers and returns the class probabilities. */
  build(net: Net, options: BuildOptions): ValueId;
}
