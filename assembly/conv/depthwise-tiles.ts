/**
 * The register tile of depthwise convolutions five wide: four neighbouring outputs of a line, four channels at a time,
 * y_i[c] = clamp(bias[c] + Σ_rows Σ_taps x[row][column][c]·w[row][tap][c]), taps ascending. Neighbours share columns of x.
 * `outputs` holds the u32 addresses of four pixels of y, `table` for each of the `rows` kernel rows those of all columns of
 * x, a pixel of zeros where there is none: so no loop here knows borders. w is the first tap of the first row; pixels and
 * taps have `bytes` of channels, a multiple of 16.
 */
import { clamp, madd, TURBO } from "../lib/simd";

/** Products need registers too where they are not fused, and turbo takes eight channels at a time: no quads there. */
export const QUADS: bool = ASC_FEATURE_RELAXED_SIMD && !TURBO;

// @ts-ignore: decorator
@inline
function storeQuad(outputs: usize, at: usize, a0: v128, a1: v128, a2: v128, a3: v128, low: f32, high: f32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  v128.store(<usize>load<u32>(outputs) + at, clamp(a0, lows, highs));
  v128.store(<usize>load<u32>(outputs, 4) + at, clamp(a1, lows, highs));
  v128.store(<usize>load<u32>(outputs, 8) + at, clamp(a2, lows, highs));
  v128.store(<usize>load<u32>(outputs, 12) + at, clamp(a3, lows, highs));
}

/** Five taps wide: eight columns of x. */
export function depthwiseFive(
  outputs: usize,
  table: usize,
  rows: i32,
  w: usize,
  bias: usize,
  bytes: usize,
  low: f32,
  high: f32,
): void {
  if (!QUADS) return;
  for (let at: usize = 0; at < bytes; at += 16) {
    let a0 = v128.load(bias + at);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let t = table;
    let tap = w + at;
    for (let row = rows; row > 0; row--) {
      const w0 = v128.load(tap);
      tap += bytes;
      const w1 = v128.load(tap);
      tap += bytes;
      const w2 = v128.load(tap);
      tap += bytes;
      const x0 = v128.load(<usize>load<u32>(t) + at);
      const x1 = v128.load(<usize>load<u32>(t, 4) + at);
      const x2 = v128.load(<usize>load<u32>(t, 8) + at);
      const x3 = v128.load(<usize>load<u32>(t, 12) + at);
      const x4 = v128.load(<usize>load<u32>(t, 16) + at);
      const x5 = v128.load(<usize>load<u32>(t, 20) + at);
      a0 = madd(x0, w0, a0);
      a1 = madd(x1, w0, a1);
      a2 = madd(x2, w0, a2);
      a3 = madd(x3, w0, a3);
      a0 = madd(x1, w1, a0);
      a1 = madd(x2, w1, a1);
      a2 = madd(x3, w1, a2);
      a3 = madd(x4, w1, a3);
      a0 = madd(x2, w2, a0);
      a1 = madd(x3, w2, a1);
      a2 = madd(x4, w2, a2);
      a3 = madd(x5, w2, a3);
      if (!t) break; // never taken: see gemm/kernel.ts
      const w3 = v128.load(tap);
      tap += bytes;
      const w4 = v128.load(tap);
      tap += bytes;
      const x6 = v128.load(<usize>load<u32>(t, 24) + at);
      const x7 = v128.load(<usize>load<u32>(t, 28) + at);
      a0 = madd(x3, w3, a0);
      a1 = madd(x4, w3, a1);
      a2 = madd(x5, w3, a2);
      a3 = madd(x6, w3, a3);
      a0 = madd(x4, w4, a0);
      a1 = madd(x5, w4, a1);
      a2 = madd(x6, w4, a2);
      a3 = madd(x7, w4, a3);
      t += 32;
    }
    storeQuad(outputs, at, a0, a1, a2, a3, low, high);
  }
}
