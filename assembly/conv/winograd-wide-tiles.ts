/**
 * The tiles of winograd-tiles.ts over two panels of U, `second` bytes apart, at a time, M[tile, 0…15]: what V8 fuses into operations of 256 bits
 * in the turbo build (gemm/kernel-wide.ts). The same sums in the same order; other builds have none of it.
 * Why so long: the tiles of six, five and four rows are the same steps written out, as only locals with names of their own stay in
 * registers (an array of accumulators would lie in memory); whoever changes one changes all three, side by side.
 */
import { madd, TURBO } from "../lib/simd";

// @ts-ignore: decorator
@inline
function storeFour(to: usize, sum0: v128, sum1: v128, sum2: v128, sum3: v128, adds: i32): void {
  if (adds) {
    sum0 = f32x4.add(v128.load(to), sum0);
    sum1 = f32x4.add(v128.load(to, 16), sum1);
    sum2 = f32x4.add(v128.load(to, 32), sum2);
    sum3 = f32x4.add(v128.load(to, 48), sum3);
  }
  v128.store(to, sum0);
  v128.store(to, sum1, 16);
  v128.store(to, sum2, 32);
  v128.store(to, sum3, 48);
}

/** `count` times six rows of V and M, vBytes and mBytes apart. */
export function winogradWideTiles6(
  v: usize,
  vBytes: usize,
  panel: usize,
  depth: i32,
  m: usize,
  mBytes: usize,
  count: i32,
  ahead: usize,
  second: usize,
  adds: i32,
): void {
  if (!TURBO) return;
  let half: usize = 0;
  for (; count > 0; count--) {
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c02 = c00;
    let c03 = c00;
    let c10 = c00;
    let c11 = c00;
    let c12 = c00;
    let c13 = c00;
    let c20 = c00;
    let c21 = c00;
    let c22 = c00;
    let c23 = c00;
    let c30 = c00;
    let c31 = c00;
    let c32 = c00;
    let c33 = c00;
    let c40 = c00;
    let c41 = c00;
    let c42 = c00;
    let c43 = c00;
    let c50 = c00;
    let c51 = c00;
    let c52 = c00;
    let c53 = c00;
    let a0 = v;
    let a1 = a0 + vBytes;
    let a2 = a1 + vBytes;
    let a3 = a2 + vBytes;
    let a4 = a3 + vBytes;
    let a5 = a4 + vBytes;
    let b = panel;
    let d = panel + second;
    let at = ahead + half;
    for (let k = depth >> 2; k > 0; k--) {
      load<i32>(at);
      load<i32>(at + second);
      at += 64;
      let b0 = v128.load(b); let b1 = v128.load(b, 16);
      let b2 = v128.load(d); let b3 = v128.load(d, 16);
      let x = v128.load32_splat(a0); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
      x = v128.load32_splat(a1); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      c12 = madd(x, b2, c12); c13 = madd(x, b3, c13);
      x = v128.load32_splat(a2); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      c22 = madd(x, b2, c22); c23 = madd(x, b3, c23); if (k == -1) break;
      x = v128.load32_splat(a3); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      c32 = madd(x, b2, c32); c33 = madd(x, b3, c33);
      x = v128.load32_splat(a4); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      c42 = madd(x, b2, c42); c43 = madd(x, b3, c43);
      x = v128.load32_splat(a5); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
      c52 = madd(x, b2, c52); c53 = madd(x, b3, c53); if (k == -2) break;
      b0 = v128.load(b, 32); b1 = v128.load(b, 48);
      b2 = v128.load(d, 32); b3 = v128.load(d, 48);
      x = v128.load32_splat(a0, 4); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
      x = v128.load32_splat(a1, 4); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      c12 = madd(x, b2, c12); c13 = madd(x, b3, c13);
      x = v128.load32_splat(a2, 4); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      c22 = madd(x, b2, c22); c23 = madd(x, b3, c23); if (k == -3) break;
      x = v128.load32_splat(a3, 4); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      c32 = madd(x, b2, c32); c33 = madd(x, b3, c33);
      x = v128.load32_splat(a4, 4); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      c42 = madd(x, b2, c42); c43 = madd(x, b3, c43);
      x = v128.load32_splat(a5, 4); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
      c52 = madd(x, b2, c52); c53 = madd(x, b3, c53); if (k == -4) break;
      b0 = v128.load(b, 64); b1 = v128.load(b, 80);
      b2 = v128.load(d, 64); b3 = v128.load(d, 80);
      x = v128.load32_splat(a0, 8); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
      x = v128.load32_splat(a1, 8); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      c12 = madd(x, b2, c12); c13 = madd(x, b3, c13);
      x = v128.load32_splat(a2, 8); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      c22 = madd(x, b2, c22); c23 = madd(x, b3, c23); if (k == -5) break;
      x = v128.load32_splat(a3, 8); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      c32 = madd(x, b2, c32); c33 = madd(x, b3, c33);
      x = v128.load32_splat(a4, 8); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      c42 = madd(x, b2, c42); c43 = madd(x, b3, c43);
      x = v128.load32_splat(a5, 8); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
      c52 = madd(x, b2, c52); c53 = madd(x, b3, c53); if (k == -6) break;
      b0 = v128.load(b, 96); b1 = v128.load(b, 112);
      b2 = v128.load(d, 96); b3 = v128.load(d, 112);
      x = v128.load32_splat(a0, 12); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
      x = v128.load32_splat(a1, 12); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      c12 = madd(x, b2, c12); c13 = madd(x, b3, c13);
      x = v128.load32_splat(a2, 12); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      c22 = madd(x, b2, c22); c23 = madd(x, b3, c23); if (k == -7) break;
      x = v128.load32_splat(a3, 12); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      c32 = madd(x, b2, c32); c33 = madd(x, b3, c33);
      x = v128.load32_splat(a4, 12); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      c42 = madd(x, b2, c42); c43 = madd(x, b3, c43);
      x = v128.load32_splat(a5, 12); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
      c52 = madd(x, b2, c52); c53 = madd(x, b3, c53);
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      a4 += 16;
      a5 += 16;
      b += 128;
      d += 128;
    }
    storeFour(m, c00, c01, c02, c03, adds);
    m += mBytes;
    storeFour(m, c10, c11, c12, c13, adds);
    m += mBytes;
    storeFour(m, c20, c21, c22, c23, adds);
    m += mBytes;
    storeFour(m, c30, c31, c32, c33, adds);
    m += mBytes;
    storeFour(m, c40, c41, c42, c43, adds);
    m += mBytes;
    storeFour(m, c50, c51, c52, c53, adds);
    m += mBytes;
    v += 6 * vBytes;
    half = (<usize>depth << 4) - half;
  }
}

/** Five rows at a time. */
export function winogradWideTiles5(
  v: usize,
  vBytes: usize,
  panel: usize,
  depth: i32,
  m: usize,
  mBytes: usize,
  count: i32,
  ahead: usize,
  second: usize,
  adds: i32,
): void {
  if (!TURBO) return;
  let half: usize = 0;
  for (; count > 0; count--) {
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c02 = c00;
    let c03 = c00;
    let c10 = c00;
    let c11 = c00;
    let c12 = c00;
    let c13 = c00;
    let c20 = c00;
    let c21 = c00;
    let c22 = c00;
    let c23 = c00;
    let c30 = c00;
    let c31 = c00;
    let c32 = c00;
    let c33 = c00;
    let c40 = c00;
    let c41 = c00;
    let c42 = c00;
    let c43 = c00;
    let a0 = v;
    let a1 = a0 + vBytes;
    let a2 = a1 + vBytes;
    let a3 = a2 + vBytes;
    let a4 = a3 + vBytes;
    let b = panel;
    let d = panel + second;
    let at = ahead + half;
    for (let k = depth >> 2; k > 0; k--) {
      load<i32>(at);
      load<i32>(at + second);
      at += 64;
      let b0 = v128.load(b); let b1 = v128.load(b, 16);
      let b2 = v128.load(d); let b3 = v128.load(d, 16);
      let x = v128.load32_splat(a0); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
      x = v128.load32_splat(a1); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      c12 = madd(x, b2, c12); c13 = madd(x, b3, c13);
      x = v128.load32_splat(a2); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      c22 = madd(x, b2, c22); c23 = madd(x, b3, c23); if (k == -1) break;
      x = v128.load32_splat(a3); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      c32 = madd(x, b2, c32); c33 = madd(x, b3, c33);
      x = v128.load32_splat(a4); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      c42 = madd(x, b2, c42); c43 = madd(x, b3, c43); if (k == -2) break;
      b0 = v128.load(b, 32); b1 = v128.load(b, 48);
      b2 = v128.load(d, 32); b3 = v128.load(d, 48);
      x = v128.load32_splat(a0, 4); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
      x = v128.load32_splat(a1, 4); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      c12 = madd(x, b2, c12); c13 = madd(x, b3, c13);
      x = v128.load32_splat(a2, 4); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      c22 = madd(x, b2, c22); c23 = madd(x, b3, c23); if (k == -3) break;
      x = v128.load32_splat(a3, 4); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      c32 = madd(x, b2, c32); c33 = madd(x, b3, c33);
      x = v128.load32_splat(a4, 4); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      c42 = madd(x, b2, c42); c43 = madd(x, b3, c43); if (k == -4) break;
      b0 = v128.load(b, 64); b1 = v128.load(b, 80);
      b2 = v128.load(d, 64); b3 = v128.load(d, 80);
      x = v128.load32_splat(a0, 8); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
      x = v128.load32_splat(a1, 8); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      c12 = madd(x, b2, c12); c13 = madd(x, b3, c13);
      x = v128.load32_splat(a2, 8); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      c22 = madd(x, b2, c22); c23 = madd(x, b3, c23); if (k == -5) break;
      x = v128.load32_splat(a3, 8); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      c32 = madd(x, b2, c32); c33 = madd(x, b3, c33);
      x = v128.load32_splat(a4, 8); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      c42 = madd(x, b2, c42); c43 = madd(x, b3, c43); if (k == -6) break;
      b0 = v128.load(b, 96); b1 = v128.load(b, 112);
      b2 = v128.load(d, 96); b3 = v128.load(d, 112);
      x = v128.load32_splat(a0, 12); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
      x = v128.load32_splat(a1, 12); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      c12 = madd(x, b2, c12); c13 = madd(x, b3, c13);
      x = v128.load32_splat(a2, 12); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      c22 = madd(x, b2, c22); c23 = madd(x, b3, c23); if (k == -7) break;
      x = v128.load32_splat(a3, 12); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      c32 = madd(x, b2, c32); c33 = madd(x, b3, c33);
      x = v128.load32_splat(a4, 12); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      c42 = madd(x, b2, c42); c43 = madd(x, b3, c43);
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      a4 += 16;
      b += 128;
      d += 128;
    }
    storeFour(m, c00, c01, c02, c03, adds);
    m += mBytes;
    storeFour(m, c10, c11, c12, c13, adds);
    m += mBytes;
    storeFour(m, c20, c21, c22, c23, adds);
    m += mBytes;
    storeFour(m, c30, c31, c32, c33, adds);
    m += mBytes;
    storeFour(m, c40, c41, c42, c43, adds);
    m += mBytes;
    v += 5 * vBytes;
    half = (<usize>depth << 4) - half;
  }
}

/** Four rows at a time. */
export function winogradWideTiles4(
  v: usize,
  vBytes: usize,
  panel: usize,
  depth: i32,
  m: usize,
  mBytes: usize,
  count: i32,
  ahead: usize,
  second: usize,
  adds: i32,
): void {
  if (!TURBO) return;
  let half: usize = 0;
  for (; count > 0; count--) {
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c02 = c00;
    let c03 = c00;
    let c10 = c00;
    let c11 = c00;
    let c12 = c00;
    let c13 = c00;
    let c20 = c00;
    let c21 = c00;
    let c22 = c00;
    let c23 = c00;
    let c30 = c00;
    let c31 = c00;
    let c32 = c00;
    let c33 = c00;
    let a0 = v;
    let a1 = a0 + vBytes;
    let a2 = a1 + vBytes;
    let a3 = a2 + vBytes;
    let b = panel;
    let d = panel + second;
    let at = ahead + half;
    for (let k = depth >> 2; k > 0; k--) {
      load<i32>(at);
      load<i32>(at + second);
      at += 64;
      let b0 = v128.load(b); let b1 = v128.load(b, 16);
      let b2 = v128.load(d); let b3 = v128.load(d, 16);
      let x = v128.load32_splat(a0); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
      x = v128.load32_splat(a1); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      c12 = madd(x, b2, c12); c13 = madd(x, b3, c13); if (k == -1) break;
      x = v128.load32_splat(a2); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      c22 = madd(x, b2, c22); c23 = madd(x, b3, c23);
      x = v128.load32_splat(a3); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      c32 = madd(x, b2, c32); c33 = madd(x, b3, c33); if (k == -2) break;
      b0 = v128.load(b, 32); b1 = v128.load(b, 48);
      b2 = v128.load(d, 32); b3 = v128.load(d, 48);
      x = v128.load32_splat(a0, 4); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
      x = v128.load32_splat(a1, 4); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      c12 = madd(x, b2, c12); c13 = madd(x, b3, c13); if (k == -3) break;
      x = v128.load32_splat(a2, 4); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      c22 = madd(x, b2, c22); c23 = madd(x, b3, c23);
      x = v128.load32_splat(a3, 4); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      c32 = madd(x, b2, c32); c33 = madd(x, b3, c33); if (k == -4) break;
      b0 = v128.load(b, 64); b1 = v128.load(b, 80);
      b2 = v128.load(d, 64); b3 = v128.load(d, 80);
      x = v128.load32_splat(a0, 8); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
      x = v128.load32_splat(a1, 8); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      c12 = madd(x, b2, c12); c13 = madd(x, b3, c13); if (k == -5) break;
      x = v128.load32_splat(a2, 8); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      c22 = madd(x, b2, c22); c23 = madd(x, b3, c23);
      x = v128.load32_splat(a3, 8); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      c32 = madd(x, b2, c32); c33 = madd(x, b3, c33); if (k == -6) break;
      b0 = v128.load(b, 96); b1 = v128.load(b, 112);
      b2 = v128.load(d, 96); b3 = v128.load(d, 112);
      x = v128.load32_splat(a0, 12); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      c02 = madd(x, b2, c02); c03 = madd(x, b3, c03);
      x = v128.load32_splat(a1, 12); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      c12 = madd(x, b2, c12); c13 = madd(x, b3, c13); if (k == -7) break;
      x = v128.load32_splat(a2, 12); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21);
      c22 = madd(x, b2, c22); c23 = madd(x, b3, c23);
      x = v128.load32_splat(a3, 12); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      c32 = madd(x, b2, c32); c33 = madd(x, b3, c33);
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      b += 128;
      d += 128;
    }
    storeFour(m, c00, c01, c02, c03, adds);
    m += mBytes;
    storeFour(m, c10, c11, c12, c13, adds);
    m += mBytes;
    storeFour(m, c20, c21, c22, c23, adds);
    m += mBytes;
    storeFour(m, c30, c31, c32, c33, adds);
    m += mBytes;
    v += 4 * vBytes;
    half = (<usize>depth << 4) - half;
  }
}
