/** M = V·U at each of the 36 points: products of plain matrices, tiles × channels by channels × filters. */
import { madd } from "../lib/simd";

/** Most channels summed in registers before the sum is added to M: see gemm/multiply.ts. */
const KC = 256;

/**
 * m[tile, 0…7] = Σ_k v[tile, k]·panel[k, 0…7] for tiles 0…tiles−1 (at least 4), rows vBytes and mBytes apart,
 * panel f32[depth][8]. When tiles is no multiple of 4 the last four tiles overlap those before: same numbers twice.
 */
export function multiplyPoint(
  v: usize,
  vBytes: usize,
  depth: i32,
  panel: usize,
  m: usize,
  mBytes: usize,
  tiles: i32,
): void {
  const blocks = (depth + KC - 1) / KC;
  const step = ((depth + blocks - 1) / blocks + 3) & ~3;
  for (let tile = 0; tile < tiles; tile += 4) {
    const first = <usize>min(tile, tiles - 4);
    const row = v + first * vBytes;
    const to = m + first * mBytes;
    for (let k = 0; k < depth; k += step) {
      const at = <usize>k << 2;
      multiplyFour(row + at, vBytes, min(step, depth - k), panel + (at << 3), to, mBytes, k > 0);
    }
  }
}

/** Four tiles by eight filters; see gemm/kernel.ts for the `break`. */
export function multiplyFour(
  a0: usize,
  vBytes: usize,
  depth: i32,
  b: usize,
  m: usize,
  mBytes: usize,
  adds: bool,
): void {
  let a1 = a0 + vBytes;
  let a2 = a1 + vBytes;
  let a3 = a2 + vBytes;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let k = depth;
  if (k & 1) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    c00 = f32x4.mul(v128.load32_splat(a0), b0);
    c01 = f32x4.mul(v128.load32_splat(a0), b1);
    c10 = f32x4.mul(v128.load32_splat(a1), b0);
    c11 = f32x4.mul(v128.load32_splat(a1), b1);
    c20 = f32x4.mul(v128.load32_splat(a2), b0);
    c21 = f32x4.mul(v128.load32_splat(a2), b1);
    c30 = f32x4.mul(v128.load32_splat(a3), b0);
    c31 = f32x4.mul(v128.load32_splat(a3), b1);
    a0 += 4;
    a1 += 4;
    a2 += 4;
    a3 += 4;
    b += 32;
  }
  k >>= 1;
  while (k > 0) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let x0 = v128.load32_splat(a0);
    let x1 = v128.load32_splat(a1);
    let x2 = v128.load32_splat(a2);
    let x3 = v128.load32_splat(a3);
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c20 = madd(x2, b0, c20);
    c21 = madd(x2, b1, c21);
    c30 = madd(x3, b0, c30);
    c31 = madd(x3, b1, c31);
    if (k == -1) break;
    b0 = v128.load(b, 32);
    b1 = v128.load(b, 48);
    x0 = v128.load32_splat(a0, 4);
    x1 = v128.load32_splat(a1, 4);
    x2 = v128.load32_splat(a2, 4);
    x3 = v128.load32_splat(a3, 4);
    c00 = madd(x0, b0, c00);
    c01 = madd(x0, b1, c01);
    c10 = madd(x1, b0, c10);
    c11 = madd(x1, b1, c11);
    c20 = madd(x2, b0, c20);
    c21 = madd(x2, b1, c21);
    c30 = madd(x3, b0, c30);
    c31 = madd(x3, b1, c31);
    a0 += 8;
    a1 += 8;
    a2 += 8;
    a3 += 8;
    b += 64;
    k--;
  }
  storeSums(m, c00, c01, adds);
  storeSums(m + mBytes, c10, c11, adds);
  storeSums(m + 2 * mBytes, c20, c21, adds);
  storeSums(m + 3 * mBytes, c30, c31, adds);
}

// @ts-ignore: decorator
@inline
function storeSums(m: usize, left: v128, right: v128, adds: bool): void {
  if (adds) {
    left = f32x4.add(v128.load(m), left);
    right = f32x4.add(v128.load(m, 16), right);
  }
  v128.store(m, left);
  v128.store(m, right, 16);
}
