import { clamp, clampScalar } from "../lib/simd";
import { TileJob } from "./tile-job";

/**
 * C[row, 0…7] = clamp((sum + from) + plus) for one row of a register tile; see TileJob for from and plus.
 * Always in this order, whatever the tile: results never depend on how the product was cut.
 */
// @ts-ignore: decorator
@inline
export function storeRow(job: TileJob, row: usize, left: v128, right: v128): void {
  if (job.columns < 8) {
    v128.store(job.spill, left);
    v128.store(job.spill, right, 16);
    storeNarrowRow(job, row);
    return;
  }
  const from = job.from + row * job.fromBytes;
  const plus = job.plus;
  const c = job.c + row * job.cBytes;
  const low = f32x4.splat(job.low);
  const high = f32x4.splat(job.high);
  left = f32x4.add(f32x4.add(left, v128.load(from)), v128.load(plus));
  right = f32x4.add(f32x4.add(right, v128.load(from, 16)), v128.load(plus, 16));
  v128.store(c, clamp(left, low, high));
  v128.store(c, clamp(right, low, high), 16);
}

/** The same for the last panel of a C whose width is no multiple of 8; touches only columns that exist. */
export function storeNarrowRow(job: TileJob, row: usize): void {
  const from = job.from + row * job.fromBytes;
  const c = job.c + row * job.cBytes;
  const end = <usize>job.columns << 2;
  for (let at: usize = 0; at < end; at += 4) {
    const sum = load<f32>(job.spill + at) + load<f32>(from + at) + load<f32>(job.plus + at);
    store<f32>(c + at, clampScalar(sum, job.low, job.high));
  }
}
