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
  /** f32[taps·depth][NR]. */
  panel: usize;
  c: usize;
  cBytes: usize;
  /** What each sum is added to, row by row: C itself, a residual, or zeros with a stride of 0. */
  from: usize;
  fromBytes: usize;
  /** f32[NR] added to that in every row: the bias or zeros. */
  plus: usize;
  /** Columns of C in this panel, 1…NR. */
  columns: i32;
  low: f32;
  high: f32;
  /** f32[NR]: one row on its way to fewer than NR columns. */
  spill: usize;
  /** B that will be needed next, from `ahead` to aheadEnd: each tile touches aheadBytes of it, line by line. */
  ahead: usize;
  aheadEnd: usize;
  aheadBytes: usize;
}

