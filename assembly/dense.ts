/**
 * One row through a dense layer and back: y = clamp(b + x·W), dx = W·dy, with W row-major [in][out] in f32 or f16.
 * The weights stream once, in the order of memory, at its speed; x and y stay in the L1 cache.
 * Batches go through gemm.ts instead.
 */
import { load1, load4 } from "./half";
import { clamp, clampScalar, hsum, madd, maddScalar } from "./lib/simd";

/** Inputs summed apart before they are added to y: short chains round less. */
const BLOCK = 256;

/** Scratch for denseRow. */
export function denseRowBytes(outputs: i32): usize {
  return (<usize>outputs << 2) + BLOCK * 4;
}

/**
 * y[j] = clamp(b[j] + Σ_i x[i]·W[i, j]); weights of wBytes = 4 (f32) or 2 (f16); b may be 0 (none).
 * Sums ascend in i within blocks of 256 inputs, then over blocks. Inputs that are exactly 0, half of them behind a
 * ReLU, are skipped and their weights never read: a weight that is NaN or infinite shows only where x is not 0.
 */
export function denseRow(
  x: usize,
  w: usize,
  wBytes: i32,
  bias: usize,
  y: usize,
  inputs: i32,
  outputs: i32,
  low: f32,
  high: f32,
  scratch: usize,
): void {
  const bytes = <usize>outputs << 2;
  const active = scratch + bytes;
  if (bias) memory.copy(y, bias, bytes);
  else memory.fill(y, 0, bytes);
  for (let first = 0; first < inputs; first += BLOCK) {
    const count = findActive(x, first, min(first + BLOCK, inputs), active);
    if (count == 0) continue;
    memory.fill(scratch, 0, bytes);
    if (wBytes == 4) addInputs<f32>(x, w, active, count, scratch, outputs);
    else addInputs<u16>(x, w, active, count, scratch, outputs);
    addScaledRow<f32>(scratch, 1, y, outputs);
  }
  clampRow(y, outputs, low, high);
}

/** dx[i] += Σ_j W[i, j]·dy[j]; each sum in sixteen interleaved parts, added pairwise. */
export function denseRowGradient(dy: usize, w: usize, wBytes: i32, dx: usize, inputs: i32, outputs: i32): void {
  const rowBytes = <usize>outputs * <usize>wBytes;
  for (const end = dx + (<usize>inputs << 2); dx < end; dx += 4) {
    const sum = wBytes == 4 ? dot<f32>(w, dy, outputs) : dot<u16>(w, dy, outputs);
    store<f32>(dx, load<f32>(dx) + sum);
    w += rowBytes;
  }
}

/** Writes the indices of the inputs first…last−1 that are not 0 (NaN is not) as u32; returns their number. */
function findActive(x: usize, first: i32, last: i32, active: usize): i32 {
  let count = 0;
  for (let i = first; i < last; i++) {
    store<i32>(active + (<usize>count << 2), i);
    count += i32(load<f32>(x + (<usize>i << 2)) != 0);
  }
  return count;
}

/** sums += Σ over the active inputs of x[i]·W[i], four rows of W at a time. */
function addInputs<T>(x: usize, w: usize, active: usize, count: i32, sums: usize, outputs: i32): void {
  const rowBytes = <usize>outputs * sizeof<T>();
  const fours = active + (<usize>(count & ~3) << 2);
  const end = active + (<usize>count << 2);
  for (; active < fours; active += 16) addFourRows<T>(x, w, rowBytes, active, sums, outputs);
  for (; active < end; active += 4) {
    const i = <usize>load<u32>(active);
    addScaledRow<T>(w + i * rowBytes, load<f32>(x + (i << 2)), sums, outputs);
  }
}

/** sums += Σ of x[i]·W[i] over the four inputs named at `active`, in this order. */
function addFourRows<T>(x: usize, w: usize, rowBytes: usize, active: usize, sums: usize, n: i32): void {
  const i0 = <usize>load<u32>(active);
  const i1 = <usize>load<u32>(active, 4);
  const i2 = <usize>load<u32>(active, 8);
  const i3 = <usize>load<u32>(active, 12);
  const x0 = v128.load32_splat(x + (i0 << 2));
  const x1 = v128.load32_splat(x + (i1 << 2));
  const x2 = v128.load32_splat(x + (i2 << 2));
  const x3 = v128.load32_splat(x + (i3 << 2));
  let w0 = w + i0 * rowBytes;
  let w1 = w + i1 * rowBytes;
  let w2 = w + i2 * rowBytes;
  let w3 = w + i3 * rowBytes;
  const end = sums + (<usize>n << 2);
  for (const last = sums + (<usize>(n & ~3) << 2); sums < last; sums += 16) {
    let sum = madd(x0, load4<T>(w0), v128.load(sums));
    sum = madd(x1, load4<T>(w1), sum);
    sum = madd(x2, load4<T>(w2), sum);
    v128.store(sums, madd(x3, load4<T>(w3), sum));
    w0 += 4 * sizeof<T>();
    w1 += 4 * sizeof<T>();
    w2 += 4 * sizeof<T>();
    w3 += 4 * sizeof<T>();
  }
  for (; sums < end; sums += 4) {
    let sum = maddScalar(f32x4.extract_lane(x0, 0), load1<T>(w0), load<f32>(sums));
    sum = maddScalar(f32x4.extract_lane(x1, 0), load1<T>(w1), sum);
    sum = maddScalar(f32x4.extract_lane(x2, 0), load1<T>(w2), sum);
    store<f32>(sums, maddScalar(f32x4.extract_lane(x3, 0), load1<T>(w3), sum));
    w0 += sizeof<T>();
    w1 += sizeof<T>();
    w2 += sizeof<T>();
    w3 += sizeof<T>();
  }
}

/** sums[j] += x·w[j]. */
function addScaledRow<T>(w: usize, x: f32, sums: usize, n: i32): void {
  const factor = f32x4.splat(x);
  const end = sums + (<usize>n << 2);
  for (const last = sums + (<usize>(n & ~3) << 2); sums < last; sums += 16) {
    v128.store(sums, madd(factor, load4<T>(w), v128.load(sums)));
    w += 4 * sizeof<T>();
  }
  for (; sums < end; sums += 4) {
    store<f32>(sums, maddScalar(x, load1<T>(w), load<f32>(sums)));
    w += sizeof<T>();
  }
}

function dot<T>(w: usize, dy: usize, n: i32): f32 {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let left = n;
  for (; left >= 16; left -= 16) {
    a = madd(load4<T>(w), v128.load(dy), a);
    b = madd(load4<T>(w + 4 * sizeof<T>()), v128.load(dy, 16), b);
    c = madd(load4<T>(w + 8 * sizeof<T>()), v128.load(dy, 32), c);
    d = madd(load4<T>(w + 12 * sizeof<T>()), v128.load(dy, 48), d);
    w += 16 * sizeof<T>();
    dy += 64;
  }
  let sum = hsum(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  for (; left > 0; left--) {
    sum = maddScalar(load1<T>(w), load<f32>(dy), sum);
    w += sizeof<T>();
    dy += 4;
  }
  return sum;
}

function clampRow(y: usize, n: i32, low: f32, high: f32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const end = y + (<usize>n << 2);
  for (const last = y + (<usize>(n & ~3) << 2); y < last; y += 16) v128.store(y, clamp(v128.load(y), lows, highs));
  for (; y < end; y += 4) store<f32>(y, clampScalar(load<f32>(y), low, high));
}
