/** Walks over the windows of a pooling and cuts each to the part that lies in the picture. */
import { PoolGeometry } from "./geometry";

/** What is done with each window. Never instantiated: the method is reached through a null pointer. */
export interface Visitor {
  /**
   * x and dx point at the first of `channels` channels of the first tap, y and dy at that of the output pixel.
   * @param rows, cols taps of the window in the picture   @param taps what a mean divides by
   */
  visit(
    g: PoolGeometry, x: usize, y: usize, dy: usize, dx: usize, rows: i32, cols: i32, taps: i32, channels: i32,
  ): void;
}

/** How many of `kernel` taps, starting at `from` and `dilation` apart, come before `limit`. */
// @ts-ignore: decorator
@inline
function tapsBefore(limit: i32, from: i32, dilation: i32, kernel: i32): i32 {
  return max(0, min(kernel, (limit - from + dilation - 1) / dilation));
}

/**
 * Calls `visit` for every output pixel of the lines firstLine…lastLine−1 of all batch·outH, in row order, with `channels`
 * channels: x, y, dy and dx are addresses of the first of them. Those that a visitor does not use may be 0.
 */
// @ts-ignore: decorator
@inline
export function eachWindow<V extends Visitor>(
  g: PoolGeometry, x: usize, y: usize, dy: usize, dx: usize, channels: i32, firstLine: i32, lastLine: i32,
): void {
  const pixel = <usize>g.channels << 2;
  y += <usize>(firstLine * g.outW) * pixel;
  dy += <usize>(firstLine * g.outW) * pixel;
  for (let line = firstLine; line < lastLine; line++) {
    const n = line / g.outH;
    const oh = line % g.outH;
    const top = oh * g.strideH - g.padTop;
    const above = tapsBefore(0, top, g.dilationH, g.kH);
    const rows = tapsBefore(g.inH, top, g.dilationH, g.kH) - above;
    const paddedRows = tapsBefore(g.inH + g.padBottom, top, g.dilationH, g.kH);
    const row = (n * g.inH + top + above * g.dilationH) * g.inW;
    for (let ow = 0; ow < g.outW; ow++) {
      const left = ow * g.strideW - g.padLeft;
      const before = tapsBefore(0, left, g.dilationW, g.kW);
      const cols = tapsBefore(g.inW, left, g.dilationW, g.kW) - before;
      const paddedCols = tapsBefore(g.inW + g.padRight, left, g.dilationW, g.kW);
      const taps = g.countPadding ? paddedRows * paddedCols : rows * cols;
      const at = <usize>(row + left + before * g.dilationW) * pixel;
      changetype<V>(0).visit(g, x + at, y, dy, dx + at, rows, cols, taps, channels);
      y += pixel;
      dy += pixel;
    }
  }
}
