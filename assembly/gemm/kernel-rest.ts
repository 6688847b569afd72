/** What a run of register tiles (kernel.ts) leaves over: one, two or three rows. */
import { madd } from "../lib/simd";
import { storeRows } from "./epilogue";
import { TileJob } from "./tile-job";

/** One row. */
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
  storeRows(job, row, 1, c00, c01, c00, c01, c00, c01, c00, c01, c00, c01, c00, c01);
}

/** Two rows. */
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
  storeRows(job, row, 2, c00, c01, c10, c11, c10, c11, c10, c11, c10, c11, c10, c11);
}

/** Three rows. */
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
  storeRows(job, row, 3, c00, c01, c10, c11, c20, c21, c20, c21, c20, c21, c20, c21);
}
