/** Vectors at the end of a row, where fewer than four elements are left. */

/** Four elements, or the `left` < 4 that remain with zeros behind them: never reads past the end. */
// @ts-ignore: decorator
@inline
export function loadUpTo4(x: usize, left: i32): v128 {
  return left >= 4 ? v128.load(x) : loadPart(x, left);
}

/** Writes four elements, or the `left` < 4 that remain: never writes past the end. */
// @ts-ignore: decorator
@inline
export function storeUpTo4(y: usize, value: v128, left: i32): void {
  if (left >= 4) v128.store(y, value);
  else storePart(y, value, left);
}

function loadPart(x: usize, left: i32): v128 {
  let lanes = v128.load_zero<f32>(x);
  if (left > 1) lanes = v128.load_lane<f32>(x, lanes, 1, 4);
  if (left > 2) lanes = v128.load_lane<f32>(x, lanes, 2, 8);
  return lanes;
}

function storePart(y: usize, value: v128, left: i32): void {
  v128.store_lane<f32>(y, value, 0);
  if (left > 1) v128.store_lane<f32>(y, value, 1, 4);
  if (left > 2) v128.store_lane<f32>(y, value, 2, 8);
}
