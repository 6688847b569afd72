/** C[m, n] = clamp(residual + bias + A·B): everything multiply.ts needs to know. Lives in scratch. */
// @ts-ignore: decorator
@unmanaged
export class Product {
  /** u32[taps][m]: where each row of A begins at each tap; with `adjacent`, u32[m] only. */
  rows: usize;
  tapBytes: usize;
  taps: i32;
  /** Consecutive floats of a row at each tap: k = taps·depth. */
  depth: i32;
  /** 1 when tap t of a row lies t·depth floats after its tap 0. */
  adjacent: i32;
  m: i32;
  n: i32;
  /** B as f32[⌈n/8⌉][k][8] (pack.ts). */
  panels: usize;
  /** f32[n], or 0 for none. */
  bias: usize;
  /** Of C's shape, rows residualBytes apart, or 0 for none; C itself accumulates. */
  residual: usize;
  residualBytes: usize;
  c: usize;
  cBytes: usize;
  low: f32;
  high: f32;
}

/** A Product (64 bytes), a TileJob (128) and its spilled rows (192) follow one another in scratch. */
export const PRODUCT_BYTES: usize = 384;
