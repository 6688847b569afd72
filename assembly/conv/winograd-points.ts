/**
 * F(4×4, 3×3) of Winograd's minimal filtering: Y = Aᵀ·[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]·A makes the 4×4 outputs of a kernel g of 3×3
 * over a tile d of 6×6 inputs with 36 multiplications instead of 144. Here are Bᵀ and Aᵀ on one line of a tile, four
 * channels at a time, their constants broadcast from memory (V8 rebuilds literals); G is in winograd-weights.ts.
 * Interpolated at 0, √½, −√½, √2, −√2, ∞: half the rounding of the textbook's 0, ±1, ±2, ∞, and closed under p → 1/p.
 * Lavin & Gray 2015, arXiv:1509.09308; choice of points: Barabasz et al. 2018, arXiv:1803.10986.
 */
import { madd } from "../lib/simd";

/** Lines of a tile of inputs; it makes POINTS = 6·6 products per channel, point (i, j) being number 6·i + j. */
export const TILE: usize = 6;
export const POINTS: usize = 36;
/** Lines of a tile of outputs, and the distance between tiles. */
export const STEP: i32 = 4;

/**
 * The constants of both transforms. `adjoint` scales the points by 1, −2, −2, −½, −½, 1 on their way through Aᵀ:
 * what the flipped kernel differs by from the kernel, once the points are permuted. All scales are exact.
 */
export function writeConstants(to: usize, adjoint: bool): void {
  const root2 = <f32>Math.SQRT2;
  const inner: f32 = adjoint ? -2 : 1;
  const outer: f32 = adjoint ? -0.5 : 1;
  store<f32>(to, -2.5);
  store<f32>(to, -2, 4);
  store<f32>(to, -0.5, 8);
  store<f32>(to, root2, 12);
  store<f32>(to, root2 * -0.5, 16);
  store<f32>(to, inner, 20);
  store<f32>(to, inner * root2 * 0.5, 24);
  store<f32>(to, inner * 0.5, 28);
  store<f32>(to, inner * root2 * 0.25, 32);
  store<f32>(to, outer, 36);
  store<f32>(to, outer * root2, 40);
  store<f32>(to, outer * 2, 44);
  store<f32>(to, outer * root2 * 2, 48);
}

/** Bᵀ·d, the six results stored at t, t + bytes, … */
// @ts-ignore: decorator
@inline
export function transformInput(
  d0: v128,
  d1: v128,
  d2: v128,
  d3: v128,
  d4: v128,
  d5: v128,
  constants: usize,
  t: usize,
  bytes: usize,
): void {
  v128.store(t, outermost(d0, d2, d4, constants));
  v128.store(t + 5 * bytes, outermost(d1, d3, d5, constants));
  const a = scaledDifference(d1, d3, constants);
  const b = madd(d2, v128.load32_splat(constants, 4), d4);
  v128.store(t + bytes, f32x4.sub(b, a));
  v128.store(t + 2 * bytes, f32x4.add(b, a));
  const c = scaledDifference(d3, d1, constants);
  const e = madd(d2, v128.load32_splat(constants, 8), d4);
  v128.store(t + 3 * bytes, f32x4.add(e, c));
  v128.store(t + 4 * bytes, f32x4.sub(e, c));
}

/** The same of two neighbouring vectors, those of the second are p0…p5: what V8 fuses in the turbo build. */
// @ts-ignore: decorator
@inline
export function transformInputPair(
  d0: v128,
  p0: v128,
  d1: v128,
  p1: v128,
  d2: v128,
  p2: v128,
  d3: v128,
  p3: v128,
  d4: v128,
  p4: v128,
  d5: v128,
  p5: v128,
  constants: usize,
  t: usize,
  bytes: usize,
): void {
  v128.store(t, outermost(d0, d2, d4, constants));
  v128.store(t, outermost(p0, p2, p4, constants), 16);
  const last = t + 5 * bytes;
  v128.store(last, outermost(d1, d3, d5, constants));
  v128.store(last, outermost(p1, p3, p5, constants), 16);
  const minusTwo = v128.load32_splat(constants, 4);
  const a = scaledDifference(d1, d3, constants);
  const pa = scaledDifference(p1, p3, constants);
  const b = madd(d2, minusTwo, d4);
  const pb = madd(p2, minusTwo, p4);
  storePair(t + bytes, f32x4.sub(b, a), f32x4.sub(pb, pa));
  storePair(t + 2 * bytes, f32x4.add(b, a), f32x4.add(pb, pa));
  const minusHalf = v128.load32_splat(constants, 8);
  const c = scaledDifference(d3, d1, constants);
  const pc = scaledDifference(p3, p1, constants);
  const e = madd(d2, minusHalf, d4);
  const pe = madd(p2, minusHalf, p4);
  storePair(t + 3 * bytes, f32x4.add(e, c), f32x4.add(pe, pc));
  storePair(t + 4 * bytes, f32x4.sub(e, c), f32x4.sub(pe, pc));
}

/** Two neighbouring vectors. */
// @ts-ignore: decorator
@inline
export function storePair(to: usize, first: v128, second: v128): void {
  v128.store(to, first);
  v128.store(to, second, 16);
}

/** Points 0 and ∞: a − 5⁄2·b + c. */
// @ts-ignore: decorator
@inline
function outermost(a: v128, b: v128, c: v128, constants: usize): v128 {
  return madd(b, v128.load32_splat(constants), f32x4.add(a, c));
}

/** √2·a − √½·b. */
// @ts-ignore: decorator
@inline
function scaledDifference(a: v128, b: v128, constants: usize): v128 {
  return madd(a, v128.load32_splat(constants, 12), f32x4.mul(b, v128.load32_splat(constants, 16)));
}

/** The four lines of Aᵀ·m, from m₀, p = m₁ + m₂, q = m₁ − m₂, r = m₃ + m₄, s = m₃ − m₄ and m₅. */
// @ts-ignore: decorator
@inline
export function firstOutput(m0: v128, p: v128, r: v128, constants: usize): v128 {
  return madd(r, v128.load32_splat(constants, 36), madd(p, v128.load32_splat(constants, 20), m0));
}

// @ts-ignore: decorator
@inline
export function secondOutput(q: v128, s: v128, constants: usize): v128 {
  return madd(s, v128.load32_splat(constants, 40), f32x4.mul(q, v128.load32_splat(constants, 24)));
}

// @ts-ignore: decorator
@inline
export function thirdOutput(p: v128, r: v128, constants: usize): v128 {
  return madd(r, v128.load32_splat(constants, 44), f32x4.mul(p, v128.load32_splat(constants, 28)));
}

// @ts-ignore: decorator
@inline
export function fourthOutput(m5: v128, q: v128, s: v128, constants: usize): v128 {
  return madd(s, v128.load32_splat(constants, 48), madd(q, v128.load32_splat(constants, 32), m5));
}
