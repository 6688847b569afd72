/**
 * The named shape of a pooling: y[n, oh, ow, c] sees x[n, oh·strideH − padTop + kh·dilationH, …, c], and so for columns.
 * Written by src/ops/pool-geometry.ts: seventeen i32 in this order. Activations NHWC.
 */
// @ts-ignore: decorator
@unmanaged
export class PoolGeometry {
  batch!: i32;
  inH!: i32;
  inW!: i32;
  channels!: i32;
  outH!: i32;
  outW!: i32;
  kH!: i32;
  kW!: i32;
  strideH!: i32;
  strideW!: i32;
  dilationH!: i32;
  dilationW!: i32;
  padTop!: i32;
  padBottom!: i32;
  padLeft!: i32;
  padRight!: i32;
  /** 1: a mean divides by the taps in the padded picture; 0: by those in the picture itself. */
  countPadding!: i32;
}
