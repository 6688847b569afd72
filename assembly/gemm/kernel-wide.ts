/**
 * The register tiles of the turbo build: two panels of B, C[m, 0…15], for a V8 that fuses neighbouring v128 into 256 bits.
 * Six rows are twelve accumulators of 256 bits then, with two registers of B and one of A; on 128 bits they would spill.
 * V8 fuses what lies side by side in memory, from the stores upwards, if no store comes between the loads of a pair.
 * Each sum takes the steps of kernel.ts in their order, so the results are the same bits. Other builds have none of it.
 * Why so long: the tiles of six, five and four rows are the same steps written out, as only locals with names of their own stay in
 * registers (an array of accumulators would lie in memory); whoever changes one changes all three, side by side.
 */
import { madd, TURBO } from "../lib/simd";
import { storeFull } from "./epilogue";
import { ROUNDS, STEPS } from "./kernel";
import { TileJob } from "./tile-job";

/** As in kernel.ts, for two panels. */
// @ts-ignore: decorator
@inline
function lookAhead(job: TileJob, second: usize): void {
  let at = job.ahead;
  let seen = 0;
  for (const until = min(at + job.aheadBytes, job.aheadEnd); at < until; at += 64) {
    seen |= load<i32>(at) | load<i32>(at + second);
  }
  job.ahead = at;
  store<i32>(job.spill, seen);
}

/** `count` tiles of six rows, from `row` on. */
export function wideTiles6(job: TileJob, row: usize, count: i32): void {
  if (!TURBO) return;
  const tapBytes = job.tapBytes;
  const shift = job.shift;
  const second = job.second;
  for (; count > 0; count--) {
    lookAhead(job, second);
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
    let rows = job.rows + (row << 2);
    let b = job.panel;
    let d = b + second;
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
    storeFull(job, row, 6, 0, c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51);
    storeFull(job, row, 6, 32, c02, c03, c12, c13, c22, c23, c32, c33, c42, c43, c52, c53);
    row += 6;
  }
}

/** `count` tiles of five rows. */
export function wideTiles5(job: TileJob, row: usize, count: i32): void {
  if (!TURBO) return;
  const tapBytes = job.tapBytes;
  const shift = job.shift;
  const second = job.second;
  for (; count > 0; count--) {
    lookAhead(job, second);
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
    let rows = job.rows + (row << 2);
    let b = job.panel;
    let d = b + second;
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
    storeFull(job, row, 5, 0, c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c40, c41);
    storeFull(job, row, 5, 32, c02, c03, c12, c13, c22, c23, c32, c33, c42, c43, c42, c43);
    row += 5;
  }
}

/** `count` tiles of four rows. */
export function wideTiles4(job: TileJob, row: usize, count: i32): void {
  if (!TURBO) return;
  const tapBytes = job.tapBytes;
  const shift = job.shift;
  const second = job.second;
  for (; count > 0; count--) {
    lookAhead(job, second);
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
    let rows = job.rows + (row << 2);
    let b = job.panel;
    let d = b + second;
    let taps = job.taps;
    let a0 = <usize>load<u32>(rows) + shift;
    let a1 = <usize>load<u32>(rows, 4) + shift;
    let a2 = <usize>load<u32>(rows, 8) + shift;
    let a3 = <usize>load<u32>(rows, 12) + shift;
    let k = job.depth / STEPS;
    let rounds = min(ROUNDS, k);
    for (;;) {
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
      if (--rounds > 0) continue;
      k -= ROUNDS;
      if (k <= 0) {
        if (--taps == 0) break;
        rows += tapBytes;
        a0 = <usize>load<u32>(rows) + shift;
        a1 = <usize>load<u32>(rows, 4) + shift;
        a2 = <usize>load<u32>(rows, 8) + shift;
        a3 = <usize>load<u32>(rows, 12) + shift;
        k = job.depth / STEPS;
      }
      rounds = min(ROUNDS, k);
    }
    storeFull(job, row, 4, 0, c00, c01, c10, c11, c20, c21, c30, c31, c30, c31, c30, c31);
    storeFull(job, row, 4, 32, c02, c03, c12, c13, c22, c23, c32, c33, c32, c33, c32, c33);
    row += 4;
  }
}
