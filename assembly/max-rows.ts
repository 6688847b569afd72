/** The maximum over the rows of x[rows, cols], row-major, and where its gradient goes. */
import { splat } from "./lib/math";
import { loadUpTo4, storeUpTo4 } from "./lib/tail";

/** y[c] = maxᵣ x[r, c]; NaN when a row holds NaN. */
export function maxRows(x: usize, y: usize, rows: i32, cols: i32): void {
  const stride = <usize>cols << 2;
  for (let left = cols; left > 0; left -= 4) {
    let best = splat(-Infinity);
    let row = x;
    for (let r = 0; r < rows; r++) {
      best = f32x4.max(best, loadUpTo4(row, left));
      row += stride;
    }
    storeUpTo4(y, best, left);
    x += 16;
    y += 16;
  }
}

/** dx[r, c] += dy[c] / k where x[r, c] = y[c], k rows of column c being as large: ties share evenly. */
export function maxRowsGradient(x: usize, y: usize, dy: usize, dx: usize, rows: i32, cols: i32): void {
  const stride = <usize>cols << 2;
  for (let left = cols; left > 0; left -= 4) {
    const best = loadUpTo4(y, left);
    const share = f32x4.div(loadUpTo4(dy, left), countEqual(x, best, rows, stride, left));
    let at = x;
    let to = dx;
    for (let r = 0; r < rows; r++) {
      const part = v128.and(share, f32x4.eq(loadUpTo4(at, left), best));
      storeUpTo4(to, f32x4.add(loadUpTo4(to, left), part), left);
      at += stride;
      to += stride;
    }
    x += 16;
    y += 16;
    dy += 16;
    dx += 16;
  }
}

function countEqual(x: usize, value: v128, rows: i32, stride: usize, left: i32): v128 {
  let count = splat(0);
  for (let r = 0; r < rows; r++) {
    count = f32x4.add(count, v128.and(splat(1), f32x4.eq(loadUpTo4(x, left), value)));
    x += stride;
  }
  return count;
}
