/**
 * From the registers of a tile to C: C[row, 0…7] = clamp((sum + from) + plus); see TileJob for from and plus.
 * Always in this order, whatever the tile: results never depend on how the product was cut.
 */
import { clamp, clampScalar } from "../lib/simd";
import { TileJob } from "./tile-job";

/** One row: sum0 holds columns 0…3, sum1 columns 4…7. */
// @ts-ignore: decorator
@inline
export function storeRow(job: TileJob, row: usize, sum0: v128, sum1: v128): void {
  if (job.columns < 8) {
    storeNarrow(job, row, sum0, sum1);
    return;
  }
  const plus0 = v128.load(job.plus);
  const plus1 = v128.load(job.plus, 16);
  const low = f32x4.splat(job.low);
  const high = f32x4.splat(job.high);
  storeWide(sum0, sum1, job.from + row * job.fromBytes, plus0, plus1, low, high, job.c + row * job.cBytes);
}

/** Four rows, with what they share loaded once: after few steps of k, storing is a third of the work. */
// @ts-ignore: decorator
@inline
export function storeFourRows(
  job: TileJob,
  row: usize,
  c00: v128,
  c01: v128,
  c10: v128,
  c11: v128,
  c20: v128,
  c21: v128,
  c30: v128,
  c31: v128,
): void {
  if (job.columns < 8) {
    storeNarrow(job, row, c00, c01);
    storeNarrow(job, row + 1, c10, c11);
    storeNarrow(job, row + 2, c20, c21);
    storeNarrow(job, row + 3, c30, c31);
    return;
  }
  const plus0 = v128.load(job.plus);
  const plus1 = v128.load(job.plus, 16);
  const low = f32x4.splat(job.low);
  const high = f32x4.splat(job.high);
  const fromBytes = job.fromBytes;
  const cBytes = job.cBytes;
  const from = job.from + row * fromBytes;
  const c = job.c + row * cBytes;
  storeWide(c00, c01, from, plus0, plus1, low, high, c);
  storeWide(c10, c11, from + fromBytes, plus0, plus1, low, high, c + cBytes);
  storeWide(c20, c21, from + 2 * fromBytes, plus0, plus1, low, high, c + 2 * cBytes);
  storeWide(c30, c31, from + 3 * fromBytes, plus0, plus1, low, high, c + 3 * cBytes);
}

// @ts-ignore: decorator
@inline
function storeWide(
  sum0: v128,
  sum1: v128,
  from: usize,
  plus0: v128,
  plus1: v128,
  low: v128,
  high: v128,
  c: usize,
): void {
  v128.store(c, clamp(f32x4.add(f32x4.add(sum0, v128.load(from)), plus0), low, high));
  v128.store(c, clamp(f32x4.add(f32x4.add(sum1, v128.load(from, 16)), plus1), low, high), 16);
}

/** A row of the last panel of a C whose width is no multiple of 8. */
// @ts-ignore: decorator
@inline
function storeNarrow(job: TileJob, row: usize, sum0: v128, sum1: v128): void {
  v128.store(job.spill, sum0);
  v128.store(job.spill, sum1, 16);
  storeColumns(job, row);
}

/** The columns that exist, one by one from the spill row. */
function storeColumns(job: TileJob, row: usize): void {
  const from = job.from + row * job.fromBytes;
  const c = job.c + row * job.cBytes;
  const end = <usize>job.columns << 2;
  for (let at: usize = 0; at < end; at += 4) {
    const sum = load<f32>(job.spill + at) + load<f32>(from + at) + load<f32>(job.plus + at);
    store<f32>(c + at, clampScalar(sum, job.low, job.high));
  }
}
