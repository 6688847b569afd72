/**
 * One row through a dense layer: y = clamp(b + x·W), with W row-major [in][out] in f32 or f16; back: dense-gradient.ts.
 * The weights stream once, at the speed of memory; x and y stay in the L1 cache.
 * Batches go through gemm.ts instead.
 */
import { isSpecial, load1, mayBeSpecial, stored4, value4 } from "./half";
import { clamp, clampScalar, madd, maddScalar } from "./lib/simd";

/** Inputs summed apart before they are added to y: short chains round less. */
const BLOCK = 256;

/** Scratch for denseRow. */
export function denseRowBytes(outputs: i32): usize {
  return (<usize>outputs << 2) + 16;
}

/**
 * y[j] = clamp(b[j] + Σ_i x[i]·W[i, j]); weights of wBytes = 4 (f32) or 2 (f16), rows of W rowBytes apart; b may be 0.
 * Sums ascend in i within blocks of 256 inputs, then over blocks. Inputs that are exactly 0, half of them behind a
 * ReLU, are skipped and their weights never read: a weight that is NaN or infinite shows only where x is not 0.
 */
export function denseRow(
  x: usize,
  w: usize,
  wBytes: i32,
  rowBytes: usize,
  bias: usize,
  y: usize,
  inputs: i32,
  outputs: i32,
  low: f32,
  high: f32,
  scratch: usize,
): void {
  const bytes = <usize>outputs << 2;
  if (bias) memory.copy(y, bias, bytes);
  else memory.fill(y, 0, bytes);
  for (let first = 0; first < inputs; first += BLOCK) {
    const count = min(BLOCK, inputs - first);
    memory.fill(scratch, 0, bytes);
    if (wBytes == 4) addInputs<f32>(x, w, rowBytes, count, scratch, outputs);
    else addInputs<u16>(x, w, rowBytes, count, scratch, outputs);
    addScaledRow<f32>(scratch, 1, y, outputs);
    x += <usize>count << 2;
    w += <usize>count * rowBytes;
  }
  clampRow(y, outputs, low, high);
}

/**
 * sums += Σ x[i]·W[i] over the inputs that are not 0 (NaN is not), in their order, four rows of W at a time: sums are
 * read and written a fourth as often, and memory answers four streams faster than one.
 */
function addInputs<T>(x: usize, w: usize, rowBytes: usize, count: i32, sums: usize, outputs: i32): void {
  const factors = sums + (<usize>outputs << 2);
  let held = 0;
  let w0 = w;
  let w1 = w;
  let w2 = w;
  for (const end = x + (<usize>count << 2); x < end; x += 4) {
    const factor = load<f32>(x);
    if (factor != 0) {
      store<f32>(factors + (<usize>held << 2), factor);
      if (++held == 1) w0 = w;
      else if (held == 2) w1 = w;
      else if (held == 3) w2 = w;
      else {
        if (sizeof<T>() == 4) denseFourRows(w0, w1, w2, w, factors, sums, outputs);
        else denseFourHalfRows(w0, w1, w2, w, factors, sums, outputs);
        held = 0;
      }
    }
    w += rowBytes;
  }
  if (held > 0) addScaledRow<T>(w0, load<f32>(factors), sums, outputs);
  if (held > 1) addScaledRow<T>(w1, load<f32>(factors, 4), sums, outputs);
  if (held > 2) addScaledRow<T>(w2, load<f32>(factors, 8), sums, outputs);
}

/** sums[j] += x[0]·w0[j], then x[1]·w1[j], x[2]·w2[j], x[3]·w3[j]. Exported, so that it stays a function: see gemm/kernel.ts. */
export function denseFourRows(w0: usize, w1: usize, w2: usize, w3: usize, x: usize, sums: usize, n: i32): void {
  addFourRows<f32>(w0, w1, w2, w3, x, sums, n);
}

/** The same with weights in f16. */
export function denseFourHalfRows(w0: usize, w1: usize, w2: usize, w3: usize, x: usize, sums: usize, n: i32): void {
  addFourRows<u16>(w0, w1, w2, w3, x, sums, n);
}

// @ts-ignore: decorator
@inline
function addFourRows<T>(w0: usize, w1: usize, w2: usize, w3: usize, x: usize, sums: usize, n: i32): void {
  const x0 = v128.load32_splat(x);
  const x1 = v128.load32_splat(x, 4);
  const x2 = v128.load32_splat(x, 8);
  const x3 = v128.load32_splat(x, 12);
  const eights = n & ~7;
  const second = 4 * sizeof<T>();
  let seen = i32x4.splat(0);
  let at: usize = 0;
  let to = sums;
  for (const last = to + (<usize>eights << 2); to < last; to += 32) {
    const a0 = stored4<T>(w0 + at);
    const b0 = stored4<T>(w0 + at + second);
    const a1 = stored4<T>(w1 + at);
    const b1 = stored4<T>(w1 + at + second);
    const a2 = stored4<T>(w2 + at);
    const b2 = stored4<T>(w2 + at + second);
    const a3 = stored4<T>(w3 + at);
    const b3 = stored4<T>(w3 + at + second);
    if (sizeof<T>() == 2) {
      const half = v128.or(v128.or(a0, b0), v128.or(a1, b1));
      seen = v128.or(seen, v128.or(half, v128.or(v128.or(a2, b2), v128.or(a3, b3))));
    }
    const a = madd(x1, value4<T>(a1), madd(x0, value4<T>(a0), v128.load(to)));
    const b = madd(x1, value4<T>(b1), madd(x0, value4<T>(b0), v128.load(to, 16)));
    v128.store(to, madd(x3, value4<T>(a3), madd(x2, value4<T>(a2), a)));
    v128.store(to, madd(x3, value4<T>(b3), madd(x2, value4<T>(b2), b)), 16);
    at += 8 * sizeof<T>();
  }
  if (sizeof<T>() == 2 && mayBeSpecial(seen)) {
    addSpecials(w0, load<f32>(x), sums, eights);
    addSpecials(w1, load<f32>(x, 4), sums, eights);
    addSpecials(w2, load<f32>(x, 8), sums, eights);
    addSpecials(w3, load<f32>(x, 12), sums, eights);
  }
  for (const end = sums + (<usize>n << 2); to < end; to += 4) {
    let sum = load<f32>(to);
    sum = maddScalar(load<f32>(x), load1<T>(w0 + at), sum);
    sum = maddScalar(load<f32>(x, 4), load1<T>(w1 + at), sum);
    sum = maddScalar(load<f32>(x, 8), load1<T>(w2 + at), sum);
    store<f32>(to, maddScalar(load<f32>(x, 12), load1<T>(w3 + at), sum));
    at += sizeof<T>();
  }
}

/** sums[j] += x·w[j]. */
function addScaledRow<T>(w: usize, x: f32, sums: usize, n: i32): void {
  const factor = f32x4.splat(x);
  const eights = n & ~7;
  let seen = i32x4.splat(0);
  let at = w;
  for (const last = sums + (<usize>eights << 2); sums < last; sums += 32) {
    const w0 = stored4<T>(at);
    const w1 = stored4<T>(at + 4 * sizeof<T>());
    if (sizeof<T>() == 2) seen = v128.or(seen, v128.or(w0, w1));
    v128.store(sums, madd(factor, value4<T>(w0), v128.load(sums)));
    v128.store(sums, madd(factor, value4<T>(w1), v128.load(sums, 16)), 16);
    at += 8 * sizeof<T>();
  }
  if (sizeof<T>() == 2 && mayBeSpecial(seen)) addSpecials(w, x, sums - (<usize>eights << 2), eights);
  for (let left = n - eights; left > 0; left--) {
    store<f32>(sums, maddScalar(x, load1<T>(at), load<f32>(sums)));
    at += sizeof<T>();
    sums += 4;
  }
}

/** sums[j] += x·w[j] where the f16 w[j] is infinite or NaN. What was added for it before was finite and is no matter. */
function addSpecials(w: usize, x: f32, sums: usize, n: i32): void {
  for (const end = sums + (<usize>n << 2); sums < end; sums += 4) {
    if (isSpecial(load<u16>(w))) store<f32>(sums, load<f32>(sums) + x * load1<u16>(w));
    w += 2;
  }
}

function clampRow(y: usize, n: i32, low: f32, high: f32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const end = y + (<usize>n << 2);
  for (const last = y + (<usize>(n & ~3) << 2); y < last; y += 16) v128.store(y, clamp(v128.load(y), lows, highs));
  for (; y < end; y += 4) store<f32>(y, clampScalar(load<f32>(y), low, high));
}
