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
