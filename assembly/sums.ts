/**
 * Sums over the rows or the columns of x[rows, cols], row-major.
 * Sums are taken in √n blocks of √n terms, so that at most 2√n roundings meet in one result.
 */
import { splat } from "./lib/math";
import { hsum, madd } from "./lib/simd";
import { loadUpTo4, storeUpTo4 } from "./lib/tail";

/** Terms that are summed in one go: the root of their number keeps both the blocks and their count small. */
// @ts-ignore: decorator
@inline
function blockOf(terms: i32): i32 {
  return <i32>ceil(sqrt(<f32>terms));
}

/** y[c] += scale·Σᵣ x[r, c] */
export function sumRows(x: usize, y: usize, rows: i32, cols: i32, scale: f32): void {
  const stride = <usize>cols << 2;
  let left = cols;
  for (; left >= 16; left -= 16) {
    sumRows16(x, y, rows, stride, splat(scale));
    x += 64;
    y += 64;
  }
  for (; left > 0; left -= 4) {
    storeUpTo4(y, madd(sumRows4(x, rows, stride, left), splat(scale), loadUpTo4(y, left)), left);
    x += 16;
    y += 16;
  }
}

/** One cache line of columns: sixteen sums side by side. */
function sumRows16(x: usize, y: usize, rows: i32, stride: usize, scale: v128): void {
  const block = blockOf(rows);
  let t0 = splat(0), t1 = splat(0), t2 = splat(0), t3 = splat(0);
  for (let begin = 0; begin < rows; begin += block) {
    let s0 = splat(0), s1 = splat(0), s2 = splat(0), s3 = splat(0);
    for (let r = min(block, rows - begin); r > 0; r--) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
      x += stride;
    }
    t0 = f32x4.add(t0, s0);
    t1 = f32x4.add(t1, s1);
    t2 = f32x4.add(t2, s2);
    t3 = f32x4.add(t3, s3);
  }
  v128.store(y, madd(t0, scale, v128.load(y)));
  v128.store(y, madd(t1, scale, v128.load(y, 16)), 16);
  v128.store(y, madd(t2, scale, v128.load(y, 32)), 32);
  v128.store(y, madd(t3, scale, v128.load(y, 48)), 48);
}

function sumRows4(x: usize, rows: i32, stride: usize, left: i32): v128 {
  const block = blockOf(rows);
  let total = splat(0);
  for (let begin = 0; begin < rows; begin += block) {
    let sum = splat(0);
    for (let r = min(block, rows - begin); r > 0; r--) {
      sum = f32x4.add(sum, loadUpTo4(x, left));
      x += stride;
    }
    total = f32x4.add(total, sum);
  }
  return total;
}

/** y[r] += scale·Σ꜀ x[r, c] */
export function sumColumns(x: usize, y: usize, rows: i32, cols: i32, scale: f32): void {
  for (let r = 0; r < rows; r++) {
    store<f32>(y, load<f32>(y) + scale * sumRow(x, cols));
    x += <usize>cols << 2;
    y += 4;
  }
}

/** Σ x[c] */
function sumRow(x: usize, cols: i32): f32 {
  const block = 4 * blockOf((cols + 3) >> 2);
  let total = splat(0);
  let left = cols;
  while (left > 0) {
    let sum = splat(0);
    const end = max(left - block, 0);
    for (; left > end; left -= 4) {
      sum = f32x4.add(sum, loadUpTo4(x, left));
      x += 16;
    }
    total = f32x4.add(total, sum);
  }
  return hsum(total);
}

/** y[c] += Σᵣ a[r, c]·(b[r, c] − centre[c]) */
export function centredDotRows(a: usize, b: usize, centre: usize, y: usize, rows: i32, cols: i32): void {
  const stride = <usize>cols << 2;
  for (let left = cols; left > 0; left -= 4) {
    const sum = centredDot4(a, b, loadUpTo4(centre, left), rows, stride, left);
    storeUpTo4(y, f32x4.add(loadUpTo4(y, left), sum), left);
    a += 16;
    b += 16;
    centre += 16;
    y += 16;
  }
}

function centredDot4(a: usize, b: usize, centre: v128, rows: i32, stride: usize, left: i32): v128 {
  const block = blockOf(rows);
  let total = splat(0);
  for (let begin = 0; begin < rows; begin += block) {
    let sum = splat(0);
    for (let r = min(block, rows - begin); r > 0; r--) {
      sum = madd(loadUpTo4(a, left), f32x4.sub(loadUpTo4(b, left), centre), sum);
      a += stride;
      b += stride;
    }
    total = f32x4.add(total, sum);
  }
  return total;
}
