/** How an architecture gets its weights: it asks by canonical name and shape, whatever the file calls them. */
import type { Parameter } from "../graph/parameter.ts";
import type { Shape } from "../shape.ts";

/** What a weight is multiplied with decides how other frameworks store it. */
export type WeightRole = "conv" | "depthwise" | "dense" | "vector";

export interface WeightRequest {
  /** `layer/kernel`, `layer/bias`, `layer/gamma`, `layer/beta`, `layer/moving_mean`, `layer/moving_variance`. */
  readonly name: string;
  /**
   * As Keras stores it: [kH,kW,in,out], depthwise [kH,kW,C,multiplier], dense [in,out]. A dense layer behind a
   * flattened map asks for [H,W,C,out], since the order of the flattening differs between frameworks.
   */
  readonly shape: Shape;
  readonly role: WeightRole;
}

export interface WeightSet {
  get(request: WeightRequest): Parameter;
}

/** A tensor of a file, before anybody has interpreted its layout. */
export interface StoredTensor {
  /** As the file calls it. */
  readonly name: string;
  readonly shape: Shape;
  /** The element type as the file calls it. */
  readonly dtype: string;
  /** Its numbers, read when asked for. Throws E_DTYPE when they cannot be used as floats. */
  parameter(): Parameter;
  /** Its numbers where they are integers of 8 bits: what they stand for is another tensor's business. */
  integers?(start: number, end: number): Promise<Int8Array>;
}

/** Tensors by name, in file order. */
export type StoredTensors = ReadonlyMap<string, StoredTensor>;
