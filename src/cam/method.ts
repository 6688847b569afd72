/** What a class-activation method is: a pure function from what one layer answered to one weight per channel. */

/** One layer seen from one score. */
interface LayerProbe {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** A: what the layer answered, [height, width, channels], row-major. */
  readonly activation: Float32Array;
  /** αₖ: the mean of ∂score/∂Aᵏ over positions. */
  readonly meanGradient: Float32Array;
}

export interface CamMethod {
  readonly name: string;
  /** The raw map is Σₖ weights[k]·Aᵏ, sign kept, in units of the score. */
  weights(probe: LayerProbe): Float32Array;
}
