/**
 * The register tiles: C[m, 0…7] ← Σ_k A[m, k]·B[k, 0…7] for m = row…row+MR−1, stored through the epilogue.
 * A is read in place through one address per row and tap (TileJob.rows), one float broadcast at a time;
 * B is a packed panel f32[k][8] (pack.ts). 8 accumulators + 2 of B + 4 of A are 14 of the 16 vector registers.
 * Rounding: each sum ascends in k, |err| ≤ (k+1)·ε·Σ|a||b| to first order.
 * After Van Zee & van de Geijn 2015 (BLIS), doi:10.1145/2764454; rows by address after Dukhan 2019, arXiv:1907.02129.
 *
 * Each is exported, so that it stays a function of its own: V8 replaces code between calls, never inside a loop.
 * The `break`s that are never taken keep V8 ≤ 12 (Node 20, 22) from moving every load of a body before its
 * first multiply-add, which would spill the accumulators: they are live on the way out.
 */
import { madd } from "../lib/simd";
import { storeFourRows, storeRow } from "./epilogue";
import { TileJob } from "./tile-job";

/** `count` tiles of four rows, from `row` on. */
export function tiles4(job: TileJob, row: usize, count: i32): void {
  const tapBytes = job.tapBytes;
  const shift = job.shift;
  let ahead = job.ahead;
  let seen = 0;
  for (const end = row + (<usize>count << 2); row < end; row += 4) {
    for (const until = min(ahead + job.aheadBytes, job.aheadEnd); ahead < until; ahead += 64) seen |= load<i32>(ahead);
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
      rows += tapBytes;
    } while (--taps > 0);
    storeFourRows(job, row, c00, c01, c10, c11, c20, c21, c30, c31);
  }
  store<i32>(job.spill, seen); // or the loads ahead would be dropped as unused
}

/** The last row, when one is left. */
export function tile1(job: TileJob, row: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let rows = job.rows + (row << 2);
  let b = job.panel;
  let taps = job.taps;
  do {
    let a0 = <usize>load<u32>(rows) + job.shift;
    let k = job.depth;
    do {
      const x0 = v128.load32_splat(a0);
      c00 = madd(x0, v128.load(b), c00);
      c01 = madd(x0, v128.load(b, 16), c01);
      a0 += 4;
      b += 32;
    } while (--k > 0);
    rows += job.tapBytes;
  } while (--taps > 0);
  storeRow(job, row, c00, c01);
}

/** The last two rows. */
export function tile2(job: TileJob, row: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let rows = job.rows + (row << 2);
  let b = job.panel;
  let taps = job.taps;
  do {
    let a0 = <usize>load<u32>(rows) + job.shift;
    let a1 = <usize>load<u32>(rows, 4) + job.shift;
    let k = job.depth;
    do {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      const x0 = v128.load32_splat(a0);
      const x1 = v128.load32_splat(a1);
      c00 = madd(x0, b0, c00);
      c01 = madd(x0, b1, c01);
      c10 = madd(x1, b0, c10);
      c11 = madd(x1, b1, c11);
      a0 += 4;
      a1 += 4;
      b += 32;
    } while (--k > 0);
    rows += job.tapBytes;
  } while (--taps > 0);
  storeRow(job, row, c00, c01);
  storeRow(job, row + 1, c10, c11);
}

/** The last three rows. */
export function tile3(job: TileJob, row: usize): void {
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let rows = job.rows + (row << 2);
  let b = job.panel;
  let taps = job.taps;
  do {
    let a0 = <usize>load<u32>(rows) + job.shift;
    let a1 = <usize>load<u32>(rows, 4) + job.shift;
    let a2 = <usize>load<u32>(rows, 8) + job.shift;
    let k = job.depth;
    do {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      const x0 = v128.load32_splat(a0);
      const x1 = v128.load32_splat(a1);
      const x2 = v128.load32_splat(a2);
      c00 = madd(x0, b0, c00);
      c01 = madd(x0, b1, c01);
      c10 = madd(x1, b0, c10);
      c11 = madd(x1, b1, c11);
      c20 = madd(x2, b0, c20);
      c21 = madd(x2, b1, c21);
      a0 += 4;
      a1 += 4;
      a2 += 4;
      b += 32;
    } while (--k > 0);
    rows += job.tapBytes;
  } while (--taps > 0);
  storeRow(job, row, c00, c01);
  storeRow(job, row + 1, c10, c11);
  storeRow(job, row + 2, c20, c21);
}
