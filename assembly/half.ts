/** IEEE binary16 ↔ binary32: parameters may be stored in two bytes. Exact one way, to nearest even the other. */

/**
 * Four f16, sign-extended to i32, as f32. Shifted into place, the exponent is 112 too small, which one
 * multiplication repairs, subnormals included; infinity and NaN get the rest of their exponent by hand.
 */
// @ts-ignore: decorator
@inline
function widen4(h: v128): v128 {
  const bits = i32x4.shl(h, 13);
  const exponent = i32x4.splat(0x0f800000);
  const special = v128.and(i32x4.eq(v128.and(bits, exponent), exponent), i32x4.splat(0x7f800000));
  const small = v128.and(bits, i32x4.splat(0x8fffe000));
  return v128.or(f32x4.mul(small, f32x4.splat(reinterpret<f32>(0x77800000))), special); // 2¹¹²
}

/**
 * The same in half the work for finite numbers; infinity and NaN come out as 65536 and more. Who uses it ORs the
 * arguments together and looks at mayBeSpecial before trusting the results.
 */
// @ts-ignore: decorator
@inline
export function widenFinite4(h: v128): v128 {
  const small = v128.and(i32x4.shl(h, 13), i32x4.splat(0x8fffe000));
  return f32x4.mul(small, f32x4.splat(reinterpret<f32>(0x77800000)));
}

/** Whether an infinity or a NaN may be among f16 that were ORed together: false if all are less than 2 in magnitude. */
// @ts-ignore: decorator
@inline
export function mayBeSpecial(h: v128): bool {
  return v128.any_true(v128.and(h, i32x4.splat(0x4000)));
}

/** Whether an f16 is infinite or NaN. */
// @ts-ignore: decorator
@inline
export function isSpecial(half: u16): bool {
  return (half & 0x7c00) == 0x7c00;
}

/** Four weights of type T, f32 or f16 (as u16), as they are stored. */
// @ts-ignore: decorator
@inline
export function stored4<T>(at: usize): v128 {
  if (sizeof<T>() == 4) return v128.load(at);
  return v128.load16x4_s(at);
}

/** What stored4 read, as f32, if finite. */
// @ts-ignore: decorator
@inline
export function value4<T>(stored: v128): v128 {
  if (sizeof<T>() == 4) return stored;
  return widenFinite4(stored);
}

/** Four numbers of type T, f32 or f16 (as u16), as f32. */
// @ts-ignore: decorator
@inline
export function load4<T>(at: usize): v128 {
  if (sizeof<T>() == 4) return v128.load(at);
  return widen4(v128.load16x4_s(at));
}

/** One number of type T, f32 or f16 (as u16), as f32. */
// @ts-ignore: decorator
@inline
export function load1<T>(at: usize): f32 {
  if (sizeof<T>() == 4) return load<f32>(at);
  return f32x4.extract_lane(widen4(i32x4.splat(load<i16>(at))), 0);
}

/** dst f32[n] = src f16[n]. */
export function widenF16(src: usize, dst: usize, n: i32): void {
  const end = dst + (<usize>n << 2);
  for (const last = dst + (<usize>(n & ~3) << 2); dst < last; dst += 16) {
    v128.store(dst, load4<u16>(src));
    src += 8;
  }
  for (; dst < end; dst += 4) {
    store<f32>(dst, load1<u16>(src));
    src += 2;
  }
}

/** Four f32 as f16 in the low halves of four lanes. */
// @ts-ignore: decorator
@inline
function narrow4(x: v128): v128 {
  const sign = i32x4.shr_u(v128.and(x, i32x4.splat(0x80000000)), 16);
  const magnitude = v128.and(x, i32x4.splat(0x7fffffff));
  // Normal: re-bias the exponent by −112 and round the 13 bits that go: half, less one unless the result is odd.
  const odd = v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(1));
  const rounded = i32x4.add(i32x4.add(magnitude, odd), i32x4.splat(0xfff - (112 << 23)));
  const normal = i32x4.shr_u(rounded, 13);
  // Below 2⁻¹⁴: added to ½, whose last place is 2⁻²⁴, the hardware rounds to the subnormal's integer.
  const half = f32x4.splat(0.5);
  const subnormal = i32x4.sub(f32x4.add(magnitude, half), half);
  const finite = v128.bitselect(subnormal, normal, i32x4.lt_s(magnitude, i32x4.splat(0x38800000)));
  // From 65520 on: infinity; NaN keeps the top of its payload and stays quiet.
  const nan = i32x4.gt_s(magnitude, i32x4.splat(0x7f800000));
  const payload = v128.or(v128.and(i32x4.shr_u(magnitude, 13), i32x4.splat(0x3ff)), i32x4.splat(0x200));
  const special = v128.or(i32x4.splat(0x7c00), v128.and(payload, nan));
  return v128.or(v128.bitselect(special, finite, i32x4.gt_s(magnitude, i32x4.splat(0x477fefff))), sign);
}

/** dst f16[n] = src f32[n], to nearest, ties to even. dst may be src. */
export function narrowF16(src: usize, dst: usize, n: i32): void {
  const end = src + (<usize>n << 2);
  for (const last = src + (<usize>(n & ~3) << 2); src < last; src += 16) {
    const h = narrow4(v128.load(src));
    v128.store_lane<u64>(dst, i8x16.shuffle(h, h, 0, 1, 4, 5, 8, 9, 12, 13, 0, 1, 4, 5, 8, 9, 12, 13), 0);
    dst += 8;
  }
  for (; src < end; src += 4) {
    store<u16>(dst, <u16>i32x4.extract_lane(narrow4(f32x4.splat(load<f32>(src))), 0));
    dst += 2;
  }
}
