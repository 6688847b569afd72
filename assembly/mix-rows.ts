/** Weighted sums of rows: resizing along one axis, and, with the table the other way round, its adjoint. */
import { splat } from "./lib/math";
import { madd } from "./lib/simd";
import { loadUpTo4, storeUpTo4 } from "./lib/tail";

/**
 * y[o, i, c] += Σₖ weights[k]·x[o, sources[k], c] over k = starts[i] … starts[i + 1] − 1.
 * x [outer, rowsOfX, inner], y [outer, rowsOfY, inner]; starts and sources i32, weights f32.
 */
export function mixRows(
  x: usize, y: usize, outer: i32, rowsOfX: i32, rowsOfY: i32, inner: i32, starts: usize, sources: usize, weights: usize,
): void {
  const row = <usize>inner << 2;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < rowsOfY; i++) {
      const end = load<i32>(starts + ((<usize>i + 1) << 2));
      for (let k = load<i32>(starts + (<usize>i << 2)); k < end; k++) {
        const from = x + <usize>load<i32>(sources + (<usize>k << 2)) * row;
        const weight = splat(load<f32>(weights + (<usize>k << 2)));
        for (let at: usize = 0, left = inner; left > 0; left -= 4, at += 16) {
          storeUpTo4(y + at, madd(loadUpTo4(from + at, left), weight, loadUpTo4(y + at, left)), left);
        }
      }
      y += row;
    }
    x += <usize>rowsOfX * row;
  }
}
