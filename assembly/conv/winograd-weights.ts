/** Kernels at the points of winograd-points.ts: U = G·g·Gᵀ for every pair of channels, in f64, rounded once. */
import { paddedDepth } from "./winograd-job";
import { TILE } from "./winograd-points";

/**
 * to = U f32[36][⌈outC/8⌉][⌈inC/4⌉·4][8] from w f32[3][3][inC][outC]; zeros behind the last filter and the last channel.
 * Rows of G at ±√½: (−2/3, ∓√2/3, −1/3); at ±√2: (1/6, ±√2/6, 1/3); at 0: (1, 0, 0); at ∞: (0, 0, 1).
 */
export function winogradPanels(w: usize, inC: i32, outC: i32, to: usize): void {
  const depth = <usize>paddedDepth(inC);
  const pointBytes = (<usize>((outC + 7) & ~7) * depth) << 2;
  for (let column = 0; column < outC; column += 8) {
    // Six points at a time: the addresses of all 36 would often share one set of the cache.
    for (let i = 0; i < <i32>TILE; i++) {
      const target = to + TILE * <usize>i * pointBytes + ((<usize>column * depth) << 2);
      transformPanel(w + (<usize>column << 2), inC, outC, min(8, outC - column), i, target, pointBytes);
    }
  }
}

/** Points (i, 0…5) of one panel of `columns` filters. */
function transformPanel(w: usize, inC: i32, outC: i32, columns: i32, i: i32, to: usize, pointBytes: usize): void {
  const step = <usize>outC << 2;
  const tap = <usize>inC * step;
  for (const end = to + (<usize>inC << 5); to < end; to += 32) {
    for (let column = 0; column < 8; column += 2) {
      const at = <usize>column << 2;
      transformPair(w + at, columns - column, tap, i, to + at, pointBytes);
    }
    w += step;
  }
  const gap = (<usize>paddedDepth(inC) << 5) - (<usize>inC << 5);
  for (let point: usize = 0; gap > 0 && point < TILE; point++) memory.fill(to + point * pointBytes, 0, gap);
}

/** Points (i, 0…5) of two filters, or of the `left` ≤ 1 that remain, for one input channel. */
function transformPair(w: usize, left: i32, tap: usize, i: i32, to: usize, pointBytes: usize): void {
  const a = combineTaps(w, left, 3 * tap, i);
  const b = combineTaps(w + tap, left, 3 * tap, i);
  const c = combineTaps(w + 2 * tap, left, 3 * tap, i);
  const third = f64x2.splat(1.0 / 3);
  const half = f64x2.add(f64x2.mul(f64x2.splat(2.0 / 3), a), f64x2.mul(third, c));
  const two = f64x2.add(f64x2.mul(f64x2.splat(1.0 / 6), a), f64x2.mul(third, c));
  const b6 = f64x2.mul(f64x2.splat(Math.SQRT2 / 6), b);
  const b3 = f64x2.add(b6, b6);
  storePair(to, a);
  storePair(to + pointBytes, f64x2.neg(f64x2.add(half, b3)));
  storePair(to + 2 * pointBytes, f64x2.sub(b3, half));
  storePair(to + 3 * pointBytes, f64x2.add(two, b6));
  storePair(to + 4 * pointBytes, f64x2.sub(two, b6));
  storePair(to + 5 * pointBytes, c);
}

/** Row i of G times three taps, `bytes` apart. */
// @ts-ignore: decorator
@inline
function combineTaps(w: usize, left: i32, bytes: usize, i: i32): v128 {
  const first = f64x2.mul(f64x2.splat(weightOf(i, 0)), loadPair(w, left));
  const second = f64x2.mul(f64x2.splat(weightOf(i, 1)), loadPair(w + bytes, left));
  return f64x2.add(f64x2.add(first, second), f64x2.mul(f64x2.splat(weightOf(i, 2)), loadPair(w + 2 * bytes, left)));
}

/** G[i, tap]. */
// @ts-ignore: decorator
@inline
function weightOf(i: i32, tap: i32): f64 {
  if (i == 0) return tap == 0 ? 1 : 0;
  if (i == 5) return tap == 2 ? 1 : 0;
  if (tap == 0) return i < 3 ? -2.0 / 3 : 1.0 / 6;
  if (tap == 2) return i < 3 ? -1.0 / 3 : 1.0 / 3;
  const size = i < 3 ? Math.SQRT2 / 3 : Math.SQRT2 / 6;
  return i == 1 || i == 4 ? -size : size;
}

// @ts-ignore: decorator
@inline
function loadPair(w: usize, left: i32): v128 {
  if (left >= 2) return f64x2.promote_low_f32x4(v128.load64_zero(w));
  return left == 1 ? f64x2.promote_low_f32x4(v128.load32_zero(w)) : f64x2.splat(0);
}

// @ts-ignore: decorator
@inline
function storePair(to: usize, pair: v128): void {
  v128.store64_lane(to, f32x4.demote_f64x2_zero(pair), 0);
}
