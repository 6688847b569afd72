/**
 * From the registers of a tile to C: C[row, j] = clamp((sum + from) + plus), see TileJob for from and plus; what is
 * absent is not added. Always in this order, whatever the tile: results never depend on how the product was cut.
 * One phase after the other, so that sums, which fill most registers, share them with two more operands at most.
 */
import { clamp, clampScalar } from "../lib/simd";
import { TileJob } from "./tile-job";

/** The first `rows` ≤ 6 of six rows of eight sums; `rows` is a constant where this is inlined. */
// @ts-ignore: decorator
@inline
export function storeRows(
  job: TileJob,
  row: usize,
  rows: i32,
  c00: v128,
  c01: v128,
  c10: v128,
  c11: v128,
  c20: v128,
  c21: v128,
  c30: v128,
  c31: v128,
  c40: v128,
  c41: v128,
  c50: v128,
  c51: v128,
): void {
  if (job.columns >= 8) {
    storeFull(job, row, rows, 0, c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51);
  } else {
    storeSums(job.spill, 32, rows, c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51);
    storeColumns(job, row, rows);
  }
}

/** The same for eight columns that exist, `offset` bytes from the job's first. */
// @ts-ignore: decorator
@inline
export function storeFull(
  job: TileJob,
  row: usize,
  rows: i32,
  offset: usize,
  c00: v128,
  c01: v128,
  c10: v128,
  c11: v128,
  c20: v128,
  c21: v128,
  c30: v128,
  c31: v128,
  c40: v128,
  c41: v128,
  c50: v128,
  c51: v128,
): void {
  if (job.from) {
    let from = job.from + row * job.fromBytes + offset;
    c00 = f32x4.add(c00, v128.load(from));
    c01 = f32x4.add(c01, v128.load(from, 16));
    if (rows > 1) {
      from += job.fromBytes;
      c10 = f32x4.add(c10, v128.load(from));
      c11 = f32x4.add(c11, v128.load(from, 16));
    }
    if (rows > 2) {
      from += job.fromBytes;
      c20 = f32x4.add(c20, v128.load(from));
      c21 = f32x4.add(c21, v128.load(from, 16));
    }
    if (rows > 3) {
      from += job.fromBytes;
      c30 = f32x4.add(c30, v128.load(from));
      c31 = f32x4.add(c31, v128.load(from, 16));
    }
    if (rows > 4) {
      from += job.fromBytes;
      c40 = f32x4.add(c40, v128.load(from));
      c41 = f32x4.add(c41, v128.load(from, 16));
    }
    if (rows > 5) {
      from += job.fromBytes;
      c50 = f32x4.add(c50, v128.load(from));
      c51 = f32x4.add(c51, v128.load(from, 16));
    }
  }
  if (job.plus) {
    const plus0 = v128.load(job.plus + offset);
    const plus1 = v128.load(job.plus + offset, 16);
    c00 = f32x4.add(c00, plus0);
    c01 = f32x4.add(c01, plus1);
    c10 = f32x4.add(c10, plus0);
    c11 = f32x4.add(c11, plus1);
    c20 = f32x4.add(c20, plus0);
    c21 = f32x4.add(c21, plus1);
    c30 = f32x4.add(c30, plus0);
    c31 = f32x4.add(c31, plus1);
    c40 = f32x4.add(c40, plus0);
    c41 = f32x4.add(c41, plus1);
    c50 = f32x4.add(c50, plus0);
    c51 = f32x4.add(c51, plus1);
  }
  if (job.clamps) {
    const low = v128.load32_splat(changetype<usize>(job), offsetof<TileJob>("low"));
    const high = v128.load32_splat(changetype<usize>(job), offsetof<TileJob>("high"));
    c00 = clamp(c00, low, high);
    c01 = clamp(c01, low, high);
    c10 = clamp(c10, low, high);
    c11 = clamp(c11, low, high);
    c20 = clamp(c20, low, high);
    c21 = clamp(c21, low, high);
    c30 = clamp(c30, low, high);
    c31 = clamp(c31, low, high);
    c40 = clamp(c40, low, high);
    c41 = clamp(c41, low, high);
    c50 = clamp(c50, low, high);
    c51 = clamp(c51, low, high);
  }
  const c = job.c + row * job.cBytes + offset;
  storeSums(c, job.cBytes, rows, c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51);
}

// @ts-ignore: decorator
@inline
function storeSums(
  to: usize,
  bytes: usize,
  rows: i32,
  c00: v128,
  c01: v128,
  c10: v128,
  c11: v128,
  c20: v128,
  c21: v128,
  c30: v128,
  c31: v128,
  c40: v128,
  c41: v128,
  c50: v128,
  c51: v128,
): void {
  storePair(to, c00, c01);
  if (rows > 1) storePair(to + bytes, c10, c11);
  if (rows > 2) storePair(to + 2 * bytes, c20, c21);
  if (rows > 3) storePair(to + 3 * bytes, c30, c31);
  if (rows > 4) storePair(to + 4 * bytes, c40, c41);
  if (rows > 5) storePair(to + 5 * bytes, c50, c51);
}

// @ts-ignore: decorator
@inline
function storePair(to: usize, sum0: v128, sum1: v128): void {
  v128.store(to, sum0);
  v128.store(to, sum1, 16);
}

/** The columns that exist of a last panel, one by one from the spilled rows. */
function storeColumns(job: TileJob, row: usize, rows: i32): void {
  const end = <usize>job.columns << 2;
  for (let spilled = job.spill; rows > 0; rows--, row++, spilled += 32) {
    const from = job.from + row * job.fromBytes;
    const c = job.c + row * job.cBytes;
    for (let at: usize = 0; at < end; at += 4) {
      let sum = load<f32>(spilled + at);
      if (job.from) sum += load<f32>(from + at);
      if (job.plus) sum += load<f32>(job.plus + at);
      store<f32>(c + at, clampScalar(sum, job.low, job.high));
    }
  }
}
