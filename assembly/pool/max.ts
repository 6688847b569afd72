/** Max pooling; padding never wins. The gradient goes to the first maximum of a window in row order, as in TensorFlow. */
import { splat } from "../lib/math";
import { loadUpTo4, storeUpTo4 } from "../lib/tail";
import { PoolGeometry } from "./geometry";
import { eachWindow } from "./windows";

/** Lines firstLine…lastLine−1 of the batch·outH: y = max over the window of x; NaN when the window holds NaN. */
export function maxPool(x: usize, y: usize, g: PoolGeometry, firstLine: i32, lastLine: i32): void {
  eachWindow<Largest>(g, x, y, 0, 0, g.channels, firstLine, lastLine);
}

/**
 * dx += dy at the first tap of each window where x = y, for the windows of lines firstLine…lastLine−1 of y and
 * `channels` channels, the first of which the addresses mean.
 */
export function maxPoolGradient(
  x: usize, y: usize, dy: usize, dx: usize, g: PoolGeometry, channels: i32, firstLine: i32, lastLine: i32,
): void {
  eachWindow<ToFirst>(g, x, y, dy, dx, channels, firstLine, lastLine);
}

@unmanaged
class Largest {
  @inline
  visit(
    g: PoolGeometry, x: usize, y: usize, _dy: usize, _dx: usize, rows: i32, cols: i32, _taps: i32, channels: i32,
  ): void {
    const pixel = <usize>g.channels << 2;
    const rowBytes = <usize>(g.dilationH * g.inW) * pixel;
    const colBytes = <usize>g.dilationW * pixel;
    let left = channels;
    for (; left >= 16; left -= 16) {
      largest16(x, y, rows, cols, rowBytes, colBytes);
      x += 64;
      y += 64;
    }
    for (; left > 0; left -= 4) {
      storeUpTo4(y, largest4(x, rows, cols, rowBytes, colBytes, left), left);
      x += 16;
      y += 16;
    }
  }
}

/** pmax drops a NaN in its second operand, so NaN lanes are collected beside it: cheaper than f32x4.max on x64. */
function largest16(x: usize, y: usize, rows: i32, cols: i32, rowBytes: usize, colBytes: usize): void {
  let m0 = splat(-Infinity), m1 = m0, m2 = m0, m3 = m0;
  let n0 = splat(0), n1 = n0, n2 = n0, n3 = n0;
  for (let r = 0; r < rows; r++) {
    let tap = x;
    for (let c = 0; c < cols; c++) {
      const v0 = v128.load(tap), v1 = v128.load(tap, 16);
      m0 = f32x4.pmax(m0, v0);
      n0 = v128.or(n0, f32x4.ne(v0, v0));
      m1 = f32x4.pmax(m1, v1);
      n1 = v128.or(n1, f32x4.ne(v1, v1));
      const v2 = v128.load(tap, 32), v3 = v128.load(tap, 48);
      m2 = f32x4.pmax(m2, v2);
      n2 = v128.or(n2, f32x4.ne(v2, v2));
      m3 = f32x4.pmax(m3, v3);
      n3 = v128.or(n3, f32x4.ne(v3, v3));
      tap += colBytes;
    }
    x += rowBytes;
  }
  v128.store(y, v128.or(m0, n0));
  v128.store(y, v128.or(m1, n1), 16);
  v128.store(y, v128.or(m2, n2), 32);
  v128.store(y, v128.or(m3, n3), 48);
}

function largest4(x: usize, rows: i32, cols: i32, rowBytes: usize, colBytes: usize, left: i32): v128 {
  let best = splat(-Infinity);
  let nan = splat(0);
  for (let r = 0; r < rows; r++) {
    let tap = x;
    for (let c = 0; c < cols; c++) {
      const v = loadUpTo4(tap, left);
      best = f32x4.pmax(best, v);
      nan = v128.or(nan, f32x4.ne(v, v));
      tap += colBytes;
    }
    x += rowBytes;
  }
  return v128.or(best, nan);
}

@unmanaged
class ToFirst {
  @inline
  visit(
    g: PoolGeometry, x: usize, y: usize, dy: usize, dx: usize, rows: i32, cols: i32, _taps: i32, channels: i32,
  ): void {
    const pixel = <usize>g.channels << 2;
    const rowBytes = <usize>(g.dilationH * g.inW) * pixel;
    const colBytes = <usize>g.dilationW * pixel;
    for (let at: usize = 0, left = channels; left > 0; left -= 4, at += 16) {
      const best = loadUpTo4(y + at, left);
      const share = loadUpTo4(dy + at, left);
      toFirst4(x + at, best, share, dx + at, rows, cols, rowBytes, colBytes, left);
    }
  }
}

function toFirst4(
  x: usize, best: v128, share: v128, dx: usize, rows: i32, cols: i32, rowBytes: usize, colBytes: usize, left: i32,
): void {
  let given = splat(0);
  for (let r = 0; r < rows; r++) {
    for (let c = 0, at: usize = 0; c < cols; c++, at += colBytes) {
      const wins = v128.andnot(f32x4.eq(loadUpTo4(x + at, left), best), given);
      given = v128.or(given, wins);
      storeUpTo4(dx + at, f32x4.add(loadUpTo4(dx + at, left), v128.and(wins, share)), left);
    }
    x += rowBytes;
    dx += rowBytes;
  }
}
