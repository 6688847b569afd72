/**
 * The sums of tap-sums.ts for kernels three and five wide with a stride of 1, a kernel row at a time: neighbouring
 * pixels share most of the x below them, so four of them need six or eight loads of x per row, not twelve or twenty.
 */
import { clamp, madd } from "../lib/simd";

/** Whether sumTapRows has a loop for this kernel width. */
// @ts-ignore: decorator
@inline
export function hasTapRows(kW: i32): bool {
  return kW == 3 || kW == 5;
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
  for (let at: usize = 0; at < end; at += 16) {
    if (kW == 3) sumRowsOfThree(pairs, last, shift + at, at, step, bias + at, to + at, low, high);
    else sumRowsOfFive(pairs, last, shift + at, at, step, bias + at, to + at, low, high);
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
