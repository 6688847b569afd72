/** Per-channel arithmetic on x[rows, cols]: what batch norm and the backward of means need. */
import { splat } from "./lib/math";
import { madd } from "./lib/simd";
import { loadUpTo4, storeUpTo4 } from "./lib/tail";

/** y[r, c] = (x[r, c] − mean[c])·scale[c] + shift[c]; the mean goes first, so large means cost no digits. */
export function normalizeRows(x: usize, mean: usize, scale: usize, shift: usize, y: usize, rows: i32, cols: i32): void {
  const stride = <usize>cols << 2;
  for (let r = 0; r < rows; r++) {
    for (let at: usize = 0, left = cols; left > 0; left -= 4, at += 16) {
      const centred = f32x4.sub(loadUpTo4(x + at, left), loadUpTo4(mean + at, left));
      storeUpTo4(y + at, madd(centred, loadUpTo4(scale + at, left), loadUpTo4(shift + at, left)), left);
    }
    x += stride;
    y += stride;
  }
}

/** y[r, c] += x[r, c]·scale[c] */
export function addScaledRows(x: usize, scale: usize, y: usize, rows: i32, cols: i32): void {
  const stride = <usize>cols << 2;
  for (let r = 0; r < rows; r++) {
    for (let at: usize = 0, left = cols; left > 0; left -= 4, at += 16) {
      const sum = madd(loadUpTo4(x + at, left), loadUpTo4(scale + at, left), loadUpTo4(y + at, left));
      storeUpTo4(y + at, sum, left);
    }
    x += stride;
    y += stride;
  }
}

/** y[r, c] += scale·v[c] */
export function addToRows(v: usize, y: usize, rows: i32, cols: i32, scale: f32): void {
  const stride = <usize>cols << 2;
  for (let r = 0; r < rows; r++) {
    for (let at: usize = 0, left = cols; left > 0; left -= 4, at += 16) {
      storeUpTo4(y + at, madd(loadUpTo4(v + at, left), splat(scale), loadUpTo4(y + at, left)), left);
    }
    y += stride;
  }
}

/** x[r, c] = x[r, c]·scale[c], scale in f64: multiplied in f64 and rounded once. Folds batch norms into kernels. */
export function scaleRows(x: usize, scale: usize, rows: i32, cols: i32): void {
  for (let r = 0; r < rows; r++) {
    let s = scale;
    let left = cols;
    for (; left >= 4; left -= 4) {
      const four = v128.load(x);
      const low = f64x2.mul(f64x2.promote_low_f32x4(four), v128.load(s));
      const high = f64x2.mul(f64x2.promote_low_f32x4(i64x2.shuffle(four, four, 1, 1)), v128.load(s, 16));
      v128.store(x, i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2));
      x += 16;
      s += 32;
    }
    for (; left > 0; left--) {
      store<f32>(x, <f32>(<f64>load<f32>(x) * load<f64>(s)));
      x += 4;
      s += 8;
    }
  }
}
