/**
 * What stands between a configuration and the numbers: the walk over the layers asks for weights one by one, and a file
 * format answers with what it has stored. Formats differ in names only.
 */
import type { Shape } from "../../shape.ts";
import type { StoredTensor } from "../../zoo/weights.ts";
import type { LayerConfig } from "./config.ts";

export interface WeightRequest {
  /** The layer and the models around it, the outermost first; the layer itself is the last. */
  readonly path: readonly LayerConfig[];
  /** Keras 3's name for it: kernel, bias, gamma, beta, moving_mean, … */
  readonly weight: string;
  /** The how manieth weight of its layer it is, in Keras's order, from 0. */
  readonly index: number;
  /** As Keras has it: [kH,kW,in,out], depthwise [kH,kW,C,multiplier], dense [in,out]. */
  readonly shape: Shape;
}

/** A weight of a file; undefined where it has none for the request. Shapes are compared by whoever asks. */
export type WeightLookup = (request: WeightRequest) => StoredTensor | undefined;

/** "block/conv/kernel". */
export const requestName = ({ path, weight }: WeightRequest): string =>
  [...path.map(({ name }) => name), weight].join("/");
