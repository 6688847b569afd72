/**
 * The register tiles: C[m, 0…7] ← Σ_k A[m, k]·B[k, 0…7] for m = row…row+MR−1, stored through the epilogue.
 * A is read in place through one address per row and tap (TileJob.rows), one float broadcast at a time;
 * B is a packed panel f32[k][8] (pack.ts). Two accumulators per row, two registers of B and one of A (tiles4: four)
 * are at most 15 of the 16 vector registers.
 * Rounding: each sum ascends in k, |err| ≤ (k+1)·ε·Σ|a||b| to first order.
 * After Van Zee & van de Geijn 2015 (BLIS), doi:10.1145/2764454; rows by address after Dukhan 2019, arXiv:1907.02129.
 *
 * Each is exported, so that it stays a function of its own: V8 replaces code between calls, never inside a loop.
 * The `break`s are never taken: k is positive there. They keep V8 ≤ 12 (Node 20, 22) from moving every load of a body
 * before its first multiply-add, which would spill accumulators: those are live on the way out, so they must be done.
 * Equal conditions would be merged; and around a second loop over the taps V8 spills again, hence one loop for both.
 * Twelve accumulators hide the latency of a fused multiply-add with room to spare (95 % of a core's peak, four rows
 * 86 %); without fusion the products need registers too, and eight must do. Where few steps of k are left, what counts
 * is that the end of the loop is foreseen: a surprise costs as much as eight steps.
 */
import { madd } from "../lib/simd";
import { storeRows } from "./epilogue";
import { TileJob } from "./tile-job";

/** Rows of the tile that this build is fastest with: tiles6 or tiles4. */
export const MR: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;

/** Steps of k that tiles6, tiles5 and the wide tiles take at a time: the depth must be a multiple of it. */
export const STEPS: i32 = 4;
/** Rounds of the loop over k before it is left and entered again: more are too many for a CPU to foresee the last one. */
export const ROUNDS: i32 = 8;

/** Loads this tile's share of what comes next in B, so that it is in a cache by then. */
// @ts-ignore: decorator
@inline
function lookAhead(job: TileJob): void {
  let at = job.ahead;
  let seen = 0;
  for (const until = min(at + job.aheadBytes, job.aheadEnd); at < until; at += 64) seen |= load<i32>(at);
  job.ahead = at;
  store<i32>(job.spill, seen); // or the loads would be dropped as unused
}

/** `count` tiles of six rows, from `row` on; the depth is a multiple of STEPS. In builds where MR is 6. */
export function tiles6(job: TileJob, row: usize, count: i32): void {
  if (MR != 6) return;
  const tapBytes = job.tapBytes;
  const shift = job.shift;
  for (; count > 0; count--) {
    lookAhead(job);
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
    let rows = job.rows + (row << 2);
    let b = job.panel;
    let taps = job.taps;
    let a0 = <usize>load<u32>(rows) + shift;
    let a1 = <usize>load<u32>(rows, 4) + shift;
    let a2 = <usize>load<u32>(rows, 8) + shift;
    let a3 = <usize>load<u32>(rows, 12) + shift;
    let a4 = <usize>load<u32>(rows, 16) + shift;
    let a5 = <usize>load<u32>(rows, 20) + shift;
    let k = job.depth / STEPS;
    let rounds = min(ROUNDS, k);
    for (;;) {
      let b0 = v128.load(b); let b1 = v128.load(b, 16);
      let x = v128.load32_splat(a0); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01); if (k == -1) break;
      x = v128.load32_splat(a1); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11); if (k == -2) break;
      x = v128.load32_splat(a2); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); if (k == -3) break;
      x = v128.load32_splat(a3); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31); if (k == -4) break;
      x = v128.load32_splat(a4); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41); if (k == -5) break;
      x = v128.load32_splat(a5); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51); if (k == -6) break;
      b0 = v128.load(b, 32); b1 = v128.load(b, 48);
      x = v128.load32_splat(a0, 4); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01); if (k == -7) break;
      x = v128.load32_splat(a1, 4); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11); if (k == -8) break;
      x = v128.load32_splat(a2, 4); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); if (k == -9) break;
      x = v128.load32_splat(a3, 4); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31); if (k == -10) break;
      x = v128.load32_splat(a4, 4); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41); if (k == -11) break;
      x = v128.load32_splat(a5, 4); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51); if (k == -12) break;
      b0 = v128.load(b, 64); b1 = v128.load(b, 80);
      x = v128.load32_splat(a0, 8); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01); if (k == -13) break;
      x = v128.load32_splat(a1, 8); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11); if (k == -14) break;
      x = v128.load32_splat(a2, 8); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); if (k == -15) break;
      x = v128.load32_splat(a3, 8); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31); if (k == -16) break;
      x = v128.load32_splat(a4, 8); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41); if (k == -17) break;
      x = v128.load32_splat(a5, 8); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51); if (k == -18) break;
      b0 = v128.load(b, 96); b1 = v128.load(b, 112);
      x = v128.load32_splat(a0, 12); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01); if (k == -19) break;
      x = v128.load32_splat(a1, 12); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11); if (k == -20) break;
      x = v128.load32_splat(a2, 12); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); if (k == -21) break;
      x = v128.load32_splat(a3, 12); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31); if (k == -22) break;
      x = v128.load32_splat(a4, 12); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41); if (k == -23) break;
      x = v128.load32_splat(a5, 12); c50 = madd(x, b0, c50); c51 = madd(x, b1, c51);
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      a4 += 16;
      a5 += 16;
      b += 128;
      if (--rounds > 0) continue;
      k -= ROUNDS;
      if (k <= 0) {
        if (--taps == 0) break;
        rows += tapBytes;
        a0 = <usize>load<u32>(rows) + shift;
        a1 = <usize>load<u32>(rows, 4) + shift;
        a2 = <usize>load<u32>(rows, 8) + shift;
        a3 = <usize>load<u32>(rows, 12) + shift;
        a4 = <usize>load<u32>(rows, 16) + shift;
        a5 = <usize>load<u32>(rows, 20) + shift;
        k = job.depth / STEPS;
      }
      rounds = min(ROUNDS, k);
    }
    storeRows(job, row, 6, c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51);
    row += 6;
  }
}

/** `count` tiles of five rows, likewise. */
export function tiles5(job: TileJob, row: usize, count: i32): void {
  if (MR != 6) return;
  const tapBytes = job.tapBytes;
  const shift = job.shift;
  for (; count > 0; count--) {
    lookAhead(job);
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
    let rows = job.rows + (row << 2);
    let b = job.panel;
    let taps = job.taps;
    let a0 = <usize>load<u32>(rows) + shift;
    let a1 = <usize>load<u32>(rows, 4) + shift;
    let a2 = <usize>load<u32>(rows, 8) + shift;
    let a3 = <usize>load<u32>(rows, 12) + shift;
    let a4 = <usize>load<u32>(rows, 16) + shift;
    let k = job.depth / STEPS;
    let rounds = min(ROUNDS, k);
    for (;;) {
      let b0 = v128.load(b); let b1 = v128.load(b, 16);
      let x = v128.load32_splat(a0); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      x = v128.load32_splat(a1); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      x = v128.load32_splat(a2); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); if (k == -1) break;
      x = v128.load32_splat(a3); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      x = v128.load32_splat(a4); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41); if (k == -2) break;
      b0 = v128.load(b, 32); b1 = v128.load(b, 48);
      x = v128.load32_splat(a0, 4); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      x = v128.load32_splat(a1, 4); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      x = v128.load32_splat(a2, 4); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); if (k == -3) break;
      x = v128.load32_splat(a3, 4); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      x = v128.load32_splat(a4, 4); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41); if (k == -4) break;
      b0 = v128.load(b, 64); b1 = v128.load(b, 80);
      x = v128.load32_splat(a0, 8); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      x = v128.load32_splat(a1, 8); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      x = v128.load32_splat(a2, 8); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); if (k == -5) break;
      x = v128.load32_splat(a3, 8); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      x = v128.load32_splat(a4, 8); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41); if (k == -6) break;
      b0 = v128.load(b, 96); b1 = v128.load(b, 112);
      x = v128.load32_splat(a0, 12); c00 = madd(x, b0, c00); c01 = madd(x, b1, c01);
      x = v128.load32_splat(a1, 12); c10 = madd(x, b0, c10); c11 = madd(x, b1, c11);
      x = v128.load32_splat(a2, 12); c20 = madd(x, b0, c20); c21 = madd(x, b1, c21); if (k == -7) break;
      x = v128.load32_splat(a3, 12); c30 = madd(x, b0, c30); c31 = madd(x, b1, c31);
      x = v128.load32_splat(a4, 12); c40 = madd(x, b0, c40); c41 = madd(x, b1, c41);
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      a4 += 16;
      b += 128;
      if (--rounds > 0) continue;
      k -= ROUNDS;
      if (k <= 0) {
        if (--taps == 0) break;
        rows += tapBytes;
        a0 = <usize>load<u32>(rows) + shift;
        a1 = <usize>load<u32>(rows, 4) + shift;
        a2 = <usize>load<u32>(rows, 8) + shift;
        a3 = <usize>load<u32>(rows, 12) + shift;
        a4 = <usize>load<u32>(rows, 16) + shift;
        k = job.depth / STEPS;
      }
      rounds = min(ROUNDS, k);
    }
    storeRows(job, row, 5, c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c40, c41);
    row += 5;
  }
}

/** `count` tiles of four rows, from `row` on: two steps of k at a time, after the odd one. */
export function tiles4(job: TileJob, row: usize, count: i32): void {
  const tapBytes = job.tapBytes;
  const shift = job.shift;
  for (; count > 0; count--) {
    lookAhead(job);
    let c00 = f32x4.splat(0);
    let c01 = c00;
    let c10 = c00;
    let c11 = c00;
    let c20 = c00;
    let c21 = c00;
    let c30 = c00;
    let c31 = c00;
    let rows = job.rows + (row << 2);
    let b = job.panel;
    let taps = job.taps;
    do {
      let a0 = <usize>load<u32>(rows) + shift;
      let a1 = <usize>load<u32>(rows, 4) + shift;
      let a2 = <usize>load<u32>(rows, 8) + shift;
      let a3 = <usize>load<u32>(rows, 12) + shift;
      let k = job.depth;
      if (k & 1) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
        const x0 = v128.load32_splat(a0);
        const x1 = v128.load32_splat(a1);
        const x2 = v128.load32_splat(a2);
        const x3 = v128.load32_splat(a3);
        c00 = madd(x0, b0, c00);
        c01 = madd(x0, b1, c01);
        c10 = madd(x1, b0, c10);
        c11 = madd(x1, b1, c11);
        c20 = madd(x2, b0, c20);
        c21 = madd(x2, b1, c21);
        c30 = madd(x3, b0, c30);
        c31 = madd(x3, b1, c31);
        a0 += 4;
        a1 += 4;
        a2 += 4;
        a3 += 4;
        b += 32;
      }
      for (k >>= 1; k > 0; k--) {
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
      }
      rows += tapBytes;
    } while (--taps > 0);
    storeRows(job, row, 4, c00, c01, c10, c11, c20, c21, c30, c31, c30, c31, c30, c31);
    row += 4;
  }
}
