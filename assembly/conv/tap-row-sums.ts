/**
 * The sums of tap-sums.ts for kernels three and five wide with a stride of 1, a kernel row at a time: neighbouring
 * pixels share most of the x below them, so four of them need six or eight loads of x per row, not twelve or twenty.
 */
import { clamp, madd, TURBO } from "../lib/simd";
import { QUADS } from "./depthwise-tiles";

/** Whether sumTapRows has a loop for this kernel width: not where depthwise-quads.ts has a better one. */
// @ts-ignore: decorator
@inline
export function hasTapRows(kW: i32): bool {
  return kW == 3 || (kW == 5 && !QUADS);
}

/**
 * to_i[c] = clamp(bias[c] + Σ_t x_t,i[c]·w_t[c]) for the first n & ~3 channels of four neighbouring pixels i.
 * The list holds whole kernel rows of kW taps; x, w and to have n channels, so that neighbours lie n floats apart.
 */
export function sumTapRows(
  pairs: usize,
  taps: i32,
  kW: i32,
  n: i32,
  shift: usize,
  bias: usize,
  to: usize,
  low: f32,
  high: f32,
): void {
  const last = pairs + (<usize>taps << 3);
  const step = <usize>n << 2;
  const end = <usize>(n & ~3) << 2;
  let at: usize = 0;
  if (TURBO) {
    for (; at + 32 <= end; at += 32) {
      if (kW == 3) sumRowsWide(pairs, last, 3, shift + at, at, step, bias + at, to + at, low, high);
      else sumRowsWide(pairs, last, 5, shift + at, at, step, bias + at, to + at, low, high);
    }
  }
  for (; at < end; at += 16) {
    if (kW == 3) sumRowsOfThree(pairs, last, shift + at, at, step, bias + at, to + at, low, high);
    else if (!QUADS) sumRowsOfFive(pairs, last, shift + at, at, step, bias + at, to + at, low, high);
  }
}

// @ts-ignore: decorator
@inline
function sumRowsOfThree(
  pair: usize,
  last: usize,
  xShift: usize,
  wShift: usize,
  step: usize,
  bias: usize,
  to: usize,
  low: f32,
  high: f32,
): void {
  let a0 = v128.load(bias);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  for (; pair < last; pair += 24) {
    const x = <usize>load<u32>(pair) + xShift;
    const w = <usize>load<u32>(pair, 4) + wShift;
    const w0 = v128.load(w);
    const w1 = v128.load(w + step);
    const w2 = v128.load(w + 2 * step);
    const x0 = v128.load(x);
    const x1 = v128.load(x + step);
    const x2 = v128.load(x + 2 * step);
    const x3 = v128.load(x + 3 * step);
    const x4 = v128.load(x + 4 * step);
    const x5 = v128.load(x + 5 * step);
    a0 = madd(x2, w2, madd(x1, w1, madd(x0, w0, a0)));
    a1 = madd(x3, w2, madd(x2, w1, madd(x1, w0, a1)));
    a2 = madd(x4, w2, madd(x3, w1, madd(x2, w0, a2)));
    a3 = madd(x5, w2, madd(x4, w1, madd(x3, w0, a3)));
  }
  storeFour(a0, a1, a2, a3, to, step, low, high);
}

/** Eight channels, for V8 to fuse (gemm/kernel-wide.ts); a column of x after the other, kW is a constant here. */
// @ts-ignore: decorator
@inline
function sumRowsWide(
  pair: usize,
  last: usize,
  kW: i32,
  xShift: usize,
  wShift: usize,
  step: usize,
  bias: usize,
  to: usize,
  low: f32,
  high: f32,
): void {
  let a0 = v128.load(bias);
  let b0 = v128.load(bias, 16);
  let a1 = a0;
  let b1 = b0;
  let a2 = a0;
  let b2 = b0;
  let a3 = a0;
  let b3 = b0;
  for (; pair < last; pair += <usize>kW << 3) {
    let x = <usize>load<u32>(pair) + xShift;
    const w = <usize>load<u32>(pair, 4) + wShift;
    const v0 = v128.load(w);
    const w0 = v128.load(w, 16);
    const v1 = v128.load(w + step);
    const w1 = v128.load(w + step, 16);
    const v2 = v128.load(w + 2 * step);
    const w2 = v128.load(w + 2 * step, 16);
    const v3 = kW == 5 ? v128.load(w + 3 * step) : v0;
    const w3 = kW == 5 ? v128.load(w + 3 * step, 16) : w0;
    const v4 = kW == 5 ? v128.load(w + 4 * step) : v0;
    const w4 = kW == 5 ? v128.load(w + 4 * step, 16) : w0;
    let p = v128.load(x);
    let q = v128.load(x, 16);
    a0 = madd(p, v0, a0); b0 = madd(q, w0, b0);
    x += step;
    p = v128.load(x);
    q = v128.load(x, 16);
    a0 = madd(p, v1, a0); b0 = madd(q, w1, b0);
    a1 = madd(p, v0, a1); b1 = madd(q, w0, b1);
    x += step;
    p = v128.load(x);
    q = v128.load(x, 16);
    a0 = madd(p, v2, a0); b0 = madd(q, w2, b0);
    a1 = madd(p, v1, a1); b1 = madd(q, w1, b1);
    a2 = madd(p, v0, a2); b2 = madd(q, w0, b2);
    x += step;
    p = v128.load(x);
    q = v128.load(x, 16);
    a1 = madd(p, v2, a1); b1 = madd(q, w2, b1);
    a2 = madd(p, v1, a2); b2 = madd(q, w1, b2);
    a3 = madd(p, v0, a3); b3 = madd(q, w0, b3);
    if (kW == 5) {
      a0 = madd(p, v3, a0); b0 = madd(q, w3, b0);
    }
    x += step;
    p = v128.load(x);
    q = v128.load(x, 16);
    a2 = madd(p, v2, a2); b2 = madd(q, w2, b2);
    a3 = madd(p, v1, a3); b3 = madd(q, w1, b3);
    if (kW == 5) {
      a0 = madd(p, v4, a0); b0 = madd(q, w4, b0);
      a1 = madd(p, v3, a1); b1 = madd(q, w3, b1);
    }
    x += step;
    p = v128.load(x);
    q = v128.load(x, 16);
    a3 = madd(p, v2, a3); b3 = madd(q, w2, b3);
    if (kW == 5) {
      a1 = madd(p, v4, a1); b1 = madd(q, w4, b1);
      a2 = madd(p, v3, a2); b2 = madd(q, w3, b2);
    }
    if (kW == 5) {
      x += step;
      p = v128.load(x);
      q = v128.load(x, 16);
      a2 = madd(p, v4, a2); b2 = madd(q, w4, b2);
      a3 = madd(p, v3, a3); b3 = madd(q, w3, b3);
    }
    if (kW == 5) {
      x += step;
      p = v128.load(x);
      q = v128.load(x, 16);
      a3 = madd(p, v4, a3); b3 = madd(q, w4, b3);
    }
  }
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  storePair(to, clamp(a0, lows, highs), clamp(b0, lows, highs));
  storePair(to + step, clamp(a1, lows, highs), clamp(b1, lows, highs));
  storePair(to + 2 * step, clamp(a2, lows, highs), clamp(b2, lows, highs));
  storePair(to + 3 * step, clamp(a3, lows, highs), clamp(b3, lows, highs));
}

// @ts-ignore: decorator
@inline
function storePair(to: usize, a: v128, b: v128): void {
  v128.store(to, a);
  v128.store(to, b, 16);
}

// @ts-ignore: decorator
@inline
function sumRowsOfFive(
  pair: usize,
  last: usize,
  xShift: usize,
  wShift: usize,
  step: usize,
  bias: usize,
  to: usize,
  low: f32,
  high: f32,
): void {
  let a0 = v128.load(bias);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  for (; pair < last; pair += 40) {
    let x = <usize>load<u32>(pair) + xShift;
    let w = <usize>load<u32>(pair, 4) + wShift;
    const w0 = v128.load(w);
    const w1 = v128.load(w + step);
    const w2 = v128.load(w + 2 * step);
    const x0 = v128.load(x);
    const x1 = v128.load(x + step);
    const x2 = v128.load(x + 2 * step);
    const x3 = v128.load(x + 3 * step);
    x += 4 * step;
    w += 3 * step;
    const x4 = v128.load(x);
    const x5 = v128.load(x + step);
    a0 = madd(x2, w2, madd(x1, w1, madd(x0, w0, a0)));
    a1 = madd(x3, w2, madd(x2, w1, madd(x1, w0, a1)));
    a2 = madd(x4, w2, madd(x3, w1, madd(x2, w0, a2)));
    a3 = madd(x5, w2, madd(x4, w1, madd(x3, w0, a3)));
    if (!pair) break; // never taken: see gemm/kernel.ts
    const w3 = v128.load(w);
    const w4 = v128.load(w + step);
    const x6 = v128.load(x + 2 * step);
    const x7 = v128.load(x + 3 * step);
    a0 = madd(x4, w4, madd(x3, w3, a0));
    a1 = madd(x5, w4, madd(x4, w3, a1));
    a2 = madd(x6, w4, madd(x5, w3, a2));
    a3 = madd(x7, w4, madd(x6, w3, a3));
  }
  storeFour(a0, a1, a2, a3, to, step, low, high);
}

// @ts-ignore: decorator
@inline
function storeFour(a0: v128, a1: v128, a2: v128, a3: v128, to: usize, step: usize, low: f32, high: f32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  v128.store(to, clamp(a0, lows, highs));
  v128.store(to + step, clamp(a1, lows, highs));
  v128.store(to + 2 * step, clamp(a2, lows, highs));
  v128.store(to + 3 * step, clamp(a3, lows, highs));
}
