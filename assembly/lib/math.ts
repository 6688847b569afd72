/**
 * Elementary functions on four f32 lanes. Error bounds are relative, over the whole f32 range unless said,
 * and asserted by test/wasm/math.test.ts; NaN gives NaN. Coefficients: scripts/fit-polynomials.mjs.
 * `pmin(x, limit)` and `pmax(x, limit)` with x first clamp like min and max but keep a NaN in x.
 */
import { madd } from "./simd";

// @ts-ignore: decorator
@inline
const LOG2_E: f32 = 1.44269504;
/** ln 2 in two parts: the first has nine significant bits, so its product with an exponent is exact. */
// @ts-ignore: decorator
@inline
const LN2_HIGH: f32 = 0.693359375;
// @ts-ignore: decorator
@inline
const LN2_LOW: f32 = -2.12194440e-4;
/** 1.5·2²³: adding it to |v| < 2²² leaves the nearest integer to v in the low bits. */
// @ts-ignore: decorator
@inline
const ROUNDER: f32 = 12582912;

/** Broadcasts a constant. */
// @ts-ignore: decorator
@inline
export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** 2ⁿ for integers −126 ≤ n ≤ 127. */
// @ts-ignore: decorator
@inline
function powerOf2(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** exp(r) − 1 for |r| ≤ ln 2 / 2; polynomial error 1.3e-8. */
// @ts-ignore: decorator
@inline
function expm1Reduced(r: v128): v128 {
  let p = madd(splat(0.00139464810), r, splat(0.00836660154));
  p = madd(p, r, splat(0.0416662805));
  p = madd(p, r, splat(0.166665435));
  p = madd(p, r, splat(0.5));
  return madd(f32x4.mul(p, r), r, r);
}

/** x − n·ln 2, given n as f32. */
// @ts-ignore: decorator
@inline
function reduce(x: v128, n: v128): v128 {
  return madd(n, splat(-LN2_LOW), madd(n, splat(-LN2_HIGH), x));
}

/**
 * exp(x + low), low being what x has no digits for. Error 1e-7; denormal results as exact as they can be.
 * Scaling by 2ⁿ takes two steps, so that n may be what a denormal or the largest numbers need.
 */
// @ts-ignore: decorator
@inline
function expOfSum(x: v128, low: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, splat(-105)), splat(89));
  const shifted = madd(clamped, splat(LOG2_E), splat(ROUNDER));
  const r = f32x4.add(reduce(clamped, f32x4.sub(shifted, splat(ROUNDER))), low);
  const n = i32x4.sub(shifted, splat(ROUNDER));
  const half = i32x4.shr_s(n, 1);
  const mantissa = f32x4.add(splat(1), expm1Reduced(r));
  return f32x4.mul(f32x4.mul(mantissa, powerOf2(half)), powerOf2(i32x4.sub(n, half)));
}

/** eˣ. Error 1e-7. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  return expOfSum(x, splat(0));
}

/** eˣ − 1 for x ≤ 0. Error 1e-7. */
// @ts-ignore: decorator
@inline
export function expm1OfNegative(x: v128): v128 {
  const clamped = f32x4.pmax(x, splat(-87));
  const shifted = madd(clamped, splat(LOG2_E), splat(ROUNDER));
  const r = reduce(clamped, f32x4.sub(shifted, splat(ROUNDER)));
  const scale = powerOf2(i32x4.sub(shifted, splat(ROUNDER)));
  return madd(expm1Reduced(r), scale, f32x4.sub(scale, splat(1)));
}

/** 1 / (1 + e⁻ˣ). Error 1.5e-7 where the result is normal. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(splat(1), f32x4.add(splat(1), exp(f32x4.neg(x))));
}

/** tanh x = −t / (t + 2) with t = e^(−2|x|) − 1, and the sign of x. Error 2e-7. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const t = expm1OfNegative(f32x4.mul(f32x4.abs(x), splat(-2)));
  const magnitude = f32x4.div(f32x4.neg(t), f32x4.add(t, splat(2)));
  return v128.bitselect(x, magnitude, i32x4.splat(1 << 31));
}

/** ln(1 + u) = 2·atanh(s), s = u / (2 + u), for 0 ≤ u ≤ 1. Error 2e-7. */
// @ts-ignore: decorator
@inline
export function log1pOfUnit(u: v128): v128 {
  const s = f32x4.div(u, f32x4.add(u, splat(2)));
  const q = f32x4.mul(s, s);
  let p = madd(splat(0.121287391), q, splat(0.107200935));
  p = madd(p, q, splat(0.143078059));
  p = madd(p, q, splat(0.199994653));
  p = madd(p, q, splat(0.333333373));
  return f32x4.mul(splat(2), madd(f32x4.mul(p, q), s, s));
}

/**
 * exp(−x²/2). Error 2e-7 for |x| ≤ 13, 0 beyond 14.5.
 * x² is split so that its rounding error does not grow with it: h = x cut to 12 bits, x² = h² + (x − h)(x + h).
 */
// @ts-ignore: decorator
@inline
export function gaussian(x: v128): v128 {
  const a = f32x4.pmin(f32x4.abs(x), splat(14.5));
  const h = v128.and(a, i32x4.splat(~0xfff));
  const rest = f32x4.mul(f32x4.sub(a, h), f32x4.add(a, h));
  return expOfSum(f32x4.mul(f32x4.mul(h, h), splat(-0.5)), f32x4.mul(rest, splat(-0.5)));
}

/**
 * Φ(x) = erfc(−x/√2) / 2, the normal distribution function, given g = gaussian(x).
 * erfc(z) = exp(−z²)·t·P(t), t = 1 / (1 + z/2). Error 4e-7 for x ≥ −13: the lower tail keeps its digits.
 */
// @ts-ignore: decorator
@inline
export function normalCdf(x: v128, g: v128): v128 {
  const halfZ = f32x4.mul(f32x4.abs(x), splat(0.353553391));
  const t = f32x4.div(splat(1), f32x4.add(splat(1), halfZ));
  let p = madd(splat(0.0113900080), t, splat(-0.118510425));
  p = madd(p, t, splat(0.418066978));
  p = madd(p, t, splat(-0.655984223));
  p = madd(p, t, splat(0.410019249));
  p = madd(p, t, splat(-0.0925311595));
  p = madd(p, t, splat(0.223640174));
  p = madd(p, t, splat(0.239028901));
  p = madd(p, t, splat(0.282813907));
  p = madd(p, t, splat(0.282066554));
  const lower = f32x4.mul(f32x4.mul(p, t), f32x4.mul(g, splat(0.5)));
  return v128.bitselect(lower, f32x4.sub(splat(1), lower), f32x4.lt(x, splat(0)));
}
