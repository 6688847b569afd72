/** Average pooling: the sum of the window divided by its taps; which taps count is PoolGeometry.countPadding. */
import { splat } from "../lib/math";
import { loadUpTo4, storeUpTo4 } from "../lib/tail";
import { PoolGeometry } from "./geometry";
import { eachWindow } from "./windows";

/** Lines firstLine…lastLine−1 of the batch·outH: y = Σ x / taps */
export function averagePool(x: usize, y: usize, g: PoolGeometry, firstLine: i32, lastLine: i32): void {
  eachWindow<Mean>(g, x, y, 0, 0, g.channels, firstLine, lastLine);
}

/**
 * dx += dy / taps at every tap of each window, for the windows of lines firstLine…lastLine−1 of y and `channels`
 * channels, the first of which the addresses mean.
 */
export function averagePoolGradient(
  dy: usize, dx: usize, g: PoolGeometry, channels: i32, firstLine: i32, lastLine: i32,
): void {
  eachWindow<Spread>(g, 0, 0, dy, dx, channels, firstLine, lastLine);
}

@unmanaged
class Mean {
  @inline
  visit(
    g: PoolGeometry, x: usize, y: usize, _dy: usize, _dx: usize, rows: i32, cols: i32, taps: i32, channels: i32,
  ): void {
    const pixel = <usize>g.channels << 2;
    const rowBytes = <usize>(g.dilationH * g.inW) * pixel;
    const colBytes = <usize>g.dilationW * pixel;
    const divisor = splat(<f32>taps);
    for (let at: usize = 0, left = channels; left > 0; left -= 4, at += 16) {
      const sum = windowSum(x + at, rows, cols, rowBytes, colBytes, left);
      storeUpTo4(y + at, f32x4.div(sum, divisor), left);
    }
  }
}

function windowSum(x: usize, rows: i32, cols: i32, rowBytes: usize, colBytes: usize, left: i32): v128 {
  let sum = splat(0);
  for (let r = 0; r < rows; r++) {
    let tap = x;
    for (let c = 0; c < cols; c++) {
      sum = f32x4.add(sum, loadUpTo4(tap, left));
      tap += colBytes;
    }
    x += rowBytes;
  }
  return sum;
}

@unmanaged
class Spread {
  @inline
  visit(
    g: PoolGeometry, _x: usize, _y: usize, dy: usize, dx: usize, rows: i32, cols: i32, taps: i32, channels: i32,
  ): void {
    const pixel = <usize>g.channels << 2;
    const rowBytes = <usize>(g.dilationH * g.inW) * pixel;
    const colBytes = <usize>g.dilationW * pixel;
    const divisor = splat(<f32>taps);
    for (let at: usize = 0, left = channels; left > 0; left -= 4, at += 16) {
      windowAdd(f32x4.div(loadUpTo4(dy + at, left), divisor), dx + at, rows, cols, rowBytes, colBytes, left);
    }
  }
}

function windowAdd(value: v128, dx: usize, rows: i32, cols: i32, rowBytes: usize, colBytes: usize, left: i32): void {
  for (let r = 0; r < rows; r++) {
    let tap = dx;
    for (let c = 0; c < cols; c++) {
      storeUpTo4(tap, f32x4.add(loadUpTo4(tap, left), value), left);
      tap += colBytes;
    }
    dx += rowBytes;
  }
}
