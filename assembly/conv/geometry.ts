/**
 * The named shape of a convolution: y[n, oh, ow] sees x[n, oh·strideH + kh·dilationH − padTop, ow·… − padLeft].
 * Written by src/wasm/conv-geometry.ts, fifteen i32 in this order. Activations NHWC.
 */
// @ts-ignore: decorator
@unmanaged
export class ConvGeometry {
  batch: i32;
  inH: i32;
  inW: i32;
  inC: i32;
  outH: i32;
  outW: i32;
  outC: i32;
  kH: i32;
  kW: i32;
  strideH: i32;
  strideW: i32;
  dilationH: i32;
  dilationW: i32;
  padTop: i32;
  padLeft: i32;

  /** The pixel of x at row ih, column iw of picture n, or 0 outside of the picture. */
  // @ts-ignore: decorator
  @inline
  pixel(x: usize, n: i32, ih: i32, iw: i32): usize {
    if (<u32>ih >= <u32>this.inH || <u32>iw >= <u32>this.inW) return 0;
    return x + ((<usize>((n * this.inH + ih) * this.inW + iw) * <usize>this.inC) << 2);
  }
}
