/**
 * The register tiles of Winograd's products: M[tile, 0…7] = Σ_k V[tile, k]·U[k, 0…7] for a run of tiles and one panel of U;
 * `adds` to what M holds, if not 0. Unlike the tiles of gemm/kernel.ts these know equal distances between rows, so that
 * four steps of k fit into a body and little remains around it: at k = 64 that is a sixth; depth is a multiple of four.
 * Each pass touches half of the panel that comes next, a cache line for every four steps: first one half, then the other.
 * Loads are what WebAssembly has for that; their results are dropped, and they must not be past the end of memory.
 * The breaks are never taken, and why they are there, why each has a condition of its own: see gemm/kernel.ts.
 * Why so long: the tiles of six, five and four rows are the same steps written out, as only locals with names of their own stay in
 * registers (an array of accumulators would lie in memory); whoever changes one changes all three, side by side.
 */
import { MR } from "../gemm/kernel";
import { madd } from "../lib/simd";

// @ts-ignore: decorator
@inline
function storePair(to: usize, sum0: v128, sum1: v128, adds: i32): void {
  if (adds) {
    sum0 = f32x4.add(v128.load(to), sum0);
    sum1 = f32x4.add(v128.load(to, 16), sum1);
  }
  v128.store(to, sum0);
  v128.store(to, sum1, 16);
}

/** `count` times six rows of V and M, vBytes and mBytes apart. Six and five rows only in builds where MR is 6. */
export function winogradTiles6(
  v: usize,
  vBytes: usize,
  panel: usize,
  depth: i32,
  m: usize,
  mBytes: usize,
  count: i32,
  ahead: usize,
  adds: i32,
): void {
  if (MR != 6) return;
  let half: usize = 0;
  for (; count > 0; count--) {
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    let c40 = c00;
    let c41 = c00;
    let c50 = c00;
    let c51 = c00;
    let a0 = v;
    let a1 = a0 + vBytes;
    let a2 = a1 + vBytes;
    let a3 = a2 + vBytes;
    let a4 = a3 + vBytes;
    let a5 = a4 + vBytes;
    let b = panel;
    let at = ahead + half;
    for (let k = depth >> 2; k > 0; k--) {
      load<i32>(at);
      at += 64;
      let b0 = v128.load(b);
      let b1 = v128.load(b, 16);
      let x = v128.load32_splat(a0);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      if (k == -1) break;
      x = v128.load32_splat(a1);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      if (k == -2) break;
      x = v128.load32_splat(a2);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      if (k == -3) break;
      x = v128.load32_splat(a3);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      if (k == -4) break;
      x = v128.load32_splat(a4);
      c40 = madd(x, b0, c40);
      c41 = madd(x, b1, c41);
      if (k == -5) break;
      x = v128.load32_splat(a5);
      c50 = madd(x, b0, c50);
      c51 = madd(x, b1, c51);
      if (k == -6) break;
      b0 = v128.load(b, 32);
      b1 = v128.load(b, 48);
      x = v128.load32_splat(a0, 4);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      if (k == -7) break;
      x = v128.load32_splat(a1, 4);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      if (k == -8) break;
      x = v128.load32_splat(a2, 4);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      if (k == -9) break;
      x = v128.load32_splat(a3, 4);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      if (k == -10) break;
      x = v128.load32_splat(a4, 4);
      c40 = madd(x, b0, c40);
      c41 = madd(x, b1, c41);
      if (k == -11) break;
      x = v128.load32_splat(a5, 4);
      c50 = madd(x, b0, c50);
      c51 = madd(x, b1, c51);
      if (k == -12) break;
      b0 = v128.load(b, 64);
      b1 = v128.load(b, 80);
      x = v128.load32_splat(a0, 8);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      if (k == -13) break;
      x = v128.load32_splat(a1, 8);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      if (k == -14) break;
      x = v128.load32_splat(a2, 8);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      if (k == -15) break;
      x = v128.load32_splat(a3, 8);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      if (k == -16) break;
      x = v128.load32_splat(a4, 8);
      c40 = madd(x, b0, c40);
      c41 = madd(x, b1, c41);
      if (k == -17) break;
      x = v128.load32_splat(a5, 8);
      c50 = madd(x, b0, c50);
      c51 = madd(x, b1, c51);
      if (k == -18) break;
      b0 = v128.load(b, 96);
      b1 = v128.load(b, 112);
      x = v128.load32_splat(a0, 12);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      if (k == -19) break;
      x = v128.load32_splat(a1, 12);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      if (k == -20) break;
      x = v128.load32_splat(a2, 12);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      if (k == -21) break;
      x = v128.load32_splat(a3, 12);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      if (k == -22) break;
      x = v128.load32_splat(a4, 12);
      c40 = madd(x, b0, c40);
      c41 = madd(x, b1, c41);
      if (k == -23) break;
      x = v128.load32_splat(a5, 12);
      c50 = madd(x, b0, c50);
      c51 = madd(x, b1, c51);
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      a4 += 16;
      a5 += 16;
      b += 128;
    }
    storePair(m, c00, c01, adds);
    m += mBytes;
    storePair(m, c10, c11, adds);
    m += mBytes;
    storePair(m, c20, c21, adds);
    m += mBytes;
    storePair(m, c30, c31, adds);
    m += mBytes;
    storePair(m, c40, c41, adds);
    m += mBytes;
    storePair(m, c50, c51, adds);
    m += mBytes;
    v += 6 * vBytes;
    half = (<usize>depth << 4) - half;
  }
}

/** `count` times five rows. */
export function winogradTiles5(
  v: usize,
  vBytes: usize,
  panel: usize,
  depth: i32,
  m: usize,
  mBytes: usize,
  count: i32,
  ahead: usize,
  adds: i32,
): void {
  if (MR != 6) return;
  let half: usize = 0;
  for (; count > 0; count--) {
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    let c40 = c00;
    let c41 = c00;
    let a0 = v;
    let a1 = a0 + vBytes;
    let a2 = a1 + vBytes;
    let a3 = a2 + vBytes;
    let a4 = a3 + vBytes;
    let b = panel;
    let at = ahead + half;
    for (let k = depth >> 2; k > 0; k--) {
      load<i32>(at);
      at += 64;
      let b0 = v128.load(b);
      let b1 = v128.load(b, 16);
      let x = v128.load32_splat(a0);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      if (k == -1) break;
      x = v128.load32_splat(a1);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      if (k == -2) break;
      x = v128.load32_splat(a2);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      if (k == -3) break;
      x = v128.load32_splat(a3);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      if (k == -4) break;
      x = v128.load32_splat(a4);
      c40 = madd(x, b0, c40);
      c41 = madd(x, b1, c41);
      if (k == -5) break;
      b0 = v128.load(b, 32);
      b1 = v128.load(b, 48);
      x = v128.load32_splat(a0, 4);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      if (k == -6) break;
      x = v128.load32_splat(a1, 4);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      if (k == -7) break;
      x = v128.load32_splat(a2, 4);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      if (k == -8) break;
      x = v128.load32_splat(a3, 4);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      if (k == -9) break;
      x = v128.load32_splat(a4, 4);
      c40 = madd(x, b0, c40);
      c41 = madd(x, b1, c41);
      if (k == -10) break;
      b0 = v128.load(b, 64);
      b1 = v128.load(b, 80);
      x = v128.load32_splat(a0, 8);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      if (k == -11) break;
      x = v128.load32_splat(a1, 8);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      if (k == -12) break;
      x = v128.load32_splat(a2, 8);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      if (k == -13) break;
      x = v128.load32_splat(a3, 8);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      if (k == -14) break;
      x = v128.load32_splat(a4, 8);
      c40 = madd(x, b0, c40);
      c41 = madd(x, b1, c41);
      if (k == -15) break;
      b0 = v128.load(b, 96);
      b1 = v128.load(b, 112);
      x = v128.load32_splat(a0, 12);
      c00 = madd(x, b0, c00);
      c01 = madd(x, b1, c01);
      if (k == -16) break;
      x = v128.load32_splat(a1, 12);
      c10 = madd(x, b0, c10);
      c11 = madd(x, b1, c11);
      if (k == -17) break;
      x = v128.load32_splat(a2, 12);
      c20 = madd(x, b0, c20);
      c21 = madd(x, b1, c21);
      if (k == -18) break;
      x = v128.load32_splat(a3, 12);
      c30 = madd(x, b0, c30);
      c31 = madd(x, b1, c31);
      if (k == -19) break;
      x = v128.load32_splat(a4, 12);
      c40 = madd(x, b0, c40);
      c41 = madd(x, b1, c41);
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      a4 += 16;
      b += 128;
    }
    storePair(m, c00, c01, adds);
    m += mBytes;
    storePair(m, c10, c11, adds);
    m += mBytes;
    storePair(m, c20, c21, adds);
    m += mBytes;
    storePair(m, c30, c31, adds);
    m += mBytes;
    storePair(m, c40, c41, adds);
    m += mBytes;
    v += 5 * vBytes;
    half = (<usize>depth << 4) - half;
  }
}

/** `count` times four rows: without fused multiply-add the products need registers too. */
export function winogradTiles4(
  v: usize,
  vBytes: usize,
  panel: usize,
  depth: i32,
  m: usize,
  mBytes: usize,
  count: i32,
  ahead: usize,
  adds: i32,
): void {
  let half: usize = 0;
  for (; count > 0; count--) {
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    let a0 = v;
    let a1 = a0 + vBytes;
    let a2 = a1 + vBytes;
    let a3 = a2 + vBytes;
    let b = panel;
    let at = ahead + half;
    for (let k = depth >> 2; k > 0; k--) {
      load<i32>(at);
      at += 64;
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
      if (k == -2) break;
      b0 = v128.load(b, 64);
      b1 = v128.load(b, 80);
      x0 = v128.load32_splat(a0, 8);
      x1 = v128.load32_splat(a1, 8);
      x2 = v128.load32_splat(a2, 8);
      x3 = v128.load32_splat(a3, 8);
      c00 = madd(x0, b0, c00);
      c01 = madd(x0, b1, c01);
      c10 = madd(x1, b0, c10);
      c11 = madd(x1, b1, c11);
      c20 = madd(x2, b0, c20);
      c21 = madd(x2, b1, c21);
      c30 = madd(x3, b0, c30);
      c31 = madd(x3, b1, c31);
      if (k == -3) break;
      b0 = v128.load(b, 96);
      b1 = v128.load(b, 112);
      x0 = v128.load32_splat(a0, 12);
      x1 = v128.load32_splat(a1, 12);
      x2 = v128.load32_splat(a2, 12);
      x3 = v128.load32_splat(a3, 12);
      c00 = madd(x0, b0, c00);
      c01 = madd(x0, b1, c01);
      c10 = madd(x1, b0, c10);
      c11 = madd(x1, b1, c11);
      c20 = madd(x2, b0, c20);
      c21 = madd(x2, b1, c21);
      c30 = madd(x3, b0, c30);
      c31 = madd(x3, b1, c31);
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      b += 128;
    }
    storePair(m, c00, c01, adds);
    m += mBytes;
    storePair(m, c10, c11, adds);
    m += mBytes;
    storePair(m, c20, c21, adds);
    m += mBytes;
    storePair(m, c30, c31, adds);
    m += mBytes;
    v += 4 * vBytes;
    half = (<usize>depth << 4) - half;
  }
}
