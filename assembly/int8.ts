/** Weights stored as int8 with one scale per column: w = s·q. */

/** Four int8 of an i16x8 (its low or high half) times four scales. */
// @ts-ignore: decorator
@inline
function scaled(integers: v128, scales: usize): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(integers), v128.load(scales));
}

/** to f32[rows][columns] = q·s: q int8, its rows rowBytes apart; s f32[columns]. */
export function widenI8(q: usize, rowBytes: i32, rows: i32, columns: i32, scales: usize, to: usize): void {
  const whole = columns & ~7;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < whole; c += 8) {
      const eight = v128.load8x8_s(q + c);
      const at = scales + (<usize>c << 2);
      v128.store(to, scaled(i32x4.extend_low_i16x8_s(eight), at));
      v128.store(to, scaled(i32x4.extend_high_i16x8_s(eight), at + 16), 16);
      to += 32;
    }
    for (let c = whole; c < columns; c++) {
      store<f32>(to, <f32>load<i8>(q + c) * load<f32>(scales + (<usize>c << 2)));
      to += 4;
    }
    q += rowBytes;
  }
}
