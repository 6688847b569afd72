/** What a convolution is asked to do, and the sizes of one of its groups. */
import type { ConvGeometry, Window } from "../wasm/conv-geometry.ts";
import type { Tensor } from "../wasm/memory.ts";
import type { FusedActivation } from "./fused-activation.ts";

export interface Conv2dAttrs extends Window {
  readonly groups: number;
  readonly activation?: FusedActivation;
  /** Winograd's F(4×4, 3×3) in place of the direct sum. Set by the pass choose-algorithm; w lies differently then. */
  readonly algorithm?: "winograd";
}

export interface Operands {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly b: Tensor | undefined;
  readonly r: Tensor | undefined;
  readonly y: Tensor;
}

export interface Grouping {
  readonly groups: number;
  /** kH·kW */
  readonly taps: number;
  /** Input channels of a group. */
  readonly channels: number;
  /** Output channels of a group. */
  readonly filters: number;
}

export const groupingOf = (g: ConvGeometry, { groups }: Conv2dAttrs): Grouping => ({
  groups,
  taps: g.kH * g.kW,
  channels: g.inC / groups,
  filters: g.outC / groups,
});

/** Rows of dz, the gradient behind the fused activation, that backward masks at a time. */
export const BLOCK_BYTES = 512 * 1024;
