/** The only file that knows which build this is: baseline, relaxed (fused multiply-add) or turbo. */

/**
 * The turbo build is the relaxed one for a V8 that fuses operations on two neighbouring v128 into one of 256 bits
 * (--experimental-wasm-revectorize): the same sums in the same order, eight lanes at a time where that suits it.
 */
// @ts-ignore: defined by asconfig.json in this target only
export const TURBO: bool = isDefined(TURBO_TARGET);

/** acc + a·b on four lanes. One rounding in the relaxed build (FMA), two in the baseline build. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, acc: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, acc);
  return f32x4.add(f32x4.mul(a, b), acc);
}

/** acc + a·b on one float, with the rounding of madd. */
// @ts-ignore: decorator
@inline
export function maddScalar(a: f32, b: f32, acc: f32): f32 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.extract_lane(madd(f32x4.splat(a), f32x4.splat(b), f32x4.splat(acc)), 0);
  return acc + a * b;
}

/** Sum of the four lanes, as (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline
export function hsum(a: v128): f32 {
  const pairs = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** min(max(v, low), high) that keeps NaN: pmax and pmin return their first operand unless it compares beyond the second. */
// @ts-ignore: decorator
@inline
export function clamp(v: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(v, low), high);
}

/** The same on one float. */
// @ts-ignore: decorator
@inline
export function clampScalar(v: f32, low: f32, high: f32): f32 {
  const raised = v < low ? low : v;
  return raised > high ? high : raised;
}

/** The columns of four rows a…d, stored as rows `bytes` apart. */
// @ts-ignore: decorator
@inline
export function storeTransposed(a: v128, b: v128, c: v128, d: v128, to: usize, bytes: usize): void {
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
  v128.store(to + bytes, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
  v128.store(to + 2 * bytes, v128.shuffle<f32>(ab2, cd2, 0, 1, 4, 5));
  v128.store(to + 3 * bytes, v128.shuffle<f32>(ab2, cd2, 2, 3, 6, 7));
}
