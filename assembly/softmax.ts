/** Softmax over the columns of x[rows, cols]. */
import { exp, splat } from "./lib/math";
import { hsum, madd } from "./lib/simd";
import { loadUpTo4, storeUpTo4 } from "./lib/tail";

/** y[r, c] = exp(x[r, c] − maxᵣ) / Σ꜀ exp(x[r, c] − maxᵣ): no exponent is positive, so nothing overflows. */
export function softmax(x: usize, y: usize, rows: i32, cols: i32): void {
  const stride = <usize>cols << 2;
  for (let r = 0; r < rows; r++) {
    const shift = splat(largest(x, cols));
    for (let at: usize = 0, left = cols; left > 0; left -= 4, at += 16) {
      const e = exp(f32x4.sub(loadUpTo4(x + at, left), shift));
      storeUpTo4(y + at, e, left);
    }
    const total = splat(sum(y, cols));
    for (let at: usize = 0, left = cols; left > 0; left -= 4, at += 16) {
      storeUpTo4(y + at, f32x4.div(loadUpTo4(y + at, left), total), left);
    }
    x += stride;
    y += stride;
  }
}

/** dx[r, c] += y[r, c]·(dy[r, c] − Σ꜀ dy[r, c]·y[r, c]) */
export function softmaxGradient(y: usize, dy: usize, dx: usize, rows: i32, cols: i32): void {
  const stride = <usize>cols << 2;
  for (let r = 0; r < rows; r++) {
    const mean = splat(dot(y, dy, cols));
    for (let at: usize = 0, left = cols; left > 0; left -= 4, at += 16) {
      const centred = f32x4.sub(loadUpTo4(dy + at, left), mean);
      storeUpTo4(dx + at, madd(loadUpTo4(y + at, left), centred, loadUpTo4(dx + at, left)), left);
    }
    y += stride;
    dy += stride;
    dx += stride;
  }
}

/** The maximum without NaN: a NaN reaches y through its own exponential and through the sum. */
function largest(x: usize, cols: i32): f32 {
  let best: f32 = -Infinity;
  let lanes = splat(best);
  const whole = cols & ~3;
  for (let c = 0; c < whole; c += 4) lanes = f32x4.pmax(lanes, v128.load(x + (<usize>c << 2)));
  for (let c = whole; c < cols; c++) best = bigger(best, load<f32>(x + (<usize>c << 2)));
  best = bigger(best, f32x4.extract_lane(lanes, 0));
  best = bigger(best, f32x4.extract_lane(lanes, 1));
  best = bigger(best, f32x4.extract_lane(lanes, 2));
  return bigger(best, f32x4.extract_lane(lanes, 3));
}

// @ts-ignore: decorator
@inline
function bigger(a: f32, b: f32): f32 {
  return a < b ? b : a;
}

function sum(x: usize, cols: i32): f32 {
  let lanes = splat(0);
  for (let left = cols; left > 0; left -= 4) {
    lanes = f32x4.add(lanes, loadUpTo4(x, left));
    x += 16;
  }
  return hsum(lanes);
}

function dot(a: usize, b: usize, cols: i32): f32 {
  let lanes = splat(0);
  for (let left = cols; left > 0; left -= 4) {
    lanes = madd(loadUpTo4(a, left), loadUpTo4(b, left), lanes);
    a += 16;
    b += 16;
  }
  return hsum(lanes);
}
