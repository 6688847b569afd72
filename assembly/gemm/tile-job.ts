/**
 * What the register tiles work on: one block of k, one panel of B, a run of rows of A and C.
 * Written into scratch by multiply.ts; read once per tile, never inside the loop over k.
 */
// @ts-ignore: decorator
@unmanaged
export class TileJob {
  /** u32[taps][rows]: the address of each row of A at each tap, before `shift`. */
  rows: usize;
  /** Bytes from one tap's addresses to the next one's. */
  tapBytes: usize;
  taps: i32;
  /** Steps of k per tap; a row holds that many consecutive floats. */
  depth: i32;
  /** Bytes added to every row address. */
  shift: usize;
  /** f32[taps·depth][8]. */
  panel: usize;
  /** Bytes from there to the same block of the next panel. */
  second: usize;
  c: usize;
  cBytes: usize;
  /** What each sum is added to, row by row: C itself or a residual; 0 for none. */
  from: usize;
  fromBytes: usize;
  /** What is added to that in every row, the bias; 0 for none. */
  plus: usize;
  /** Columns of C in this panel or, in turbo, in this and the next. */
  columns: i32;
  /** Whether low and high are bounds at all. */
  clamps: bool;
  low: f32;
  high: f32;
  /** f32[6][8]: rows on their way to fewer than eight columns. */
  spill: usize;
  /** B that will be needed next, from `ahead` to aheadEnd: each tile touches aheadBytes of it, line by line. */
  ahead: usize;
  aheadEnd: usize;
  aheadBytes: usize;
}

