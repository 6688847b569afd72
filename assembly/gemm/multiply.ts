/** The loops around the register tiles: blocks of k, panels of B, runs of rows. */
import { TURBO } from "../lib/simd";
import { MR, STEPS, tiles4, tiles5, tiles6 } from "./kernel";
import { tile1, tile2, tile3 } from "./kernel-rest";
import { wideTiles4, wideTiles5, wideTiles6 } from "./kernel-wide";
import { Product } from "./product";
import { TileJob } from "./tile-job";

/**
 * Most steps of k summed in registers before the sum is added to C: 8 KiB of a panel stay in the L1 cache
 * beside four rows of A, and short chains round less (Higham 1993, doi:10.1137/0914050).
 */
const KC = 256;

/** Columns of a panel. */
const NR = 8;

/** Columns that are multiplied at a time. */
const COLUMNS: i32 = TURBO ? 2 * NR : NR;

/** An A of at most this size stays in the L2 cache while all of B streams past it. */
const SMALL_A_BYTES = 256 * 1024;

/**
 * C = clamp(residual + bias + A·B). Sums ascend in k within blocks that depend on taps and depth alone,
 * so the result is the same bits however rows and columns are cut.
 * A small A meets B in the order in which B lies in memory; of a large one a block of k meets all panels, then the next.
 */
export function multiply(p: Product): void {
  const job = jobOf(p);
  const tapStep = p.depth > KC ? 1 : ceilDiv(p.taps, ceilDiv(p.taps * p.depth, KC));
  const depthStep = p.depth > KC ? evenStep(p.depth) : p.depth;
  const depthBlocks = ceilDiv(p.depth, depthStep);
  const blocks = ceilDiv(p.taps, tapStep) * depthBlocks;
  const runs = ceilDiv(p.n, COLUMNS);
  const inOrder = p.m * p.taps * p.depth <= SMALL_A_BYTES / 4;
  for (let i = 0; i < blocks * runs; i++) {
    const block = inOrder ? i % blocks : i / runs;
    const run = inOrder ? i / blocks : i % runs;
    selectBlock(p, job, (block / depthBlocks) * tapStep, tapStep, (block % depthBlocks) * depthStep, depthStep);
    selectColumns(p, job, run * COLUMNS, block == 0, block == blocks - 1);
    lookAhead(p, job, block == blocks - 1);
    if (TURBO) multiplyPair(job, p.m);
    else multiplyRows(job, 0, p.m);
  }
}

/** ⌈depth / number of blocks⌉, rounded up to whole vectors. */
function evenStep(depth: i32): i32 {
  return (ceilDiv(depth, ceilDiv(depth, KC)) + 3) & ~3;
}

function ceilDiv(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

/** The TileJob behind a Product in scratch, with what stays the same for the whole product. */
function jobOf(p: Product): TileJob {
  const at = changetype<usize>(p);
  const job = changetype<TileJob>(at + 64);
  job.tapBytes = p.tapBytes;
  job.cBytes = p.cBytes;
  job.second = <usize>(p.taps * p.depth) << 5;
  job.spill = at + 192;
  return job;
}

/** Points the job at a block of k: `taps` taps from `tap` on, `depth` floats of each from `at` on, as far as there are. */
function selectBlock(p: Product, job: TileJob, tap: i32, taps: i32, at: i32, depth: i32): void {
  taps = min(taps, p.taps - tap);
  depth = min(depth, p.depth - at);
  job.rows = p.rows + (p.adjacent ? 0 : <usize>tap * p.tapBytes);
  job.shift = <usize>(at + (p.adjacent ? tap * p.depth : 0)) << 2;
  job.taps = p.adjacent ? 1 : taps;
  job.depth = p.adjacent ? taps * depth : depth;
  job.panel = p.panels + (<usize>(tap * p.depth + at) << 5);
}

/** Points the job at the panel that begins with `column`, and at what its sums start from and end in. */
function selectColumns(p: Product, job: TileJob, column: i32, first: bool, last: bool): void {
  const offset = <usize>column << 2;
  job.panel += offset * <usize>(p.taps * p.depth);
  job.columns = min(COLUMNS, p.n - column);
  job.c = p.c + offset;
  job.low = last ? p.low : -f32.POSITIVE_INFINITY;
  job.high = last ? p.high : f32.POSITIVE_INFINITY;
  job.clamps = job.low > -f32.POSITIVE_INFINITY || job.high < f32.POSITIVE_INFINITY;
  job.from = first ? (p.residual ? p.residual + offset : 0) : job.c;
  job.fromBytes = first ? p.residualBytes : p.cBytes;
  job.plus = first && p.bias ? p.bias + offset : 0;
}

/** Has the tiles fetch, a little each, what follows this block of B in memory, be it its next block or another panel's. */
function lookAhead(p: Product, job: TileJob, last: bool): void {
  const bytes = <usize>(job.taps * job.depth * NR) << 2;
  const end = p.panels + <usize>ceilDiv(p.n, NR) * job.second;
  job.ahead = job.panel + bytes;
  // The wide tiles fetch as much of the panel beside it; behind the last block of two panels come the next two.
  if (TURBO && last) job.ahead += job.second;
  job.aheadEnd = min(job.ahead + bytes, TURBO ? end - job.second : end);
  job.aheadBytes = (bytes / <usize>max(1, p.m / MR) + 63) & ~63;
}

/** All rows of two panels, or of the last one. */
function multiplyPair(job: TileJob, m: i32): void {
  const columns = job.columns;
  const row = columns == 2 * NR ? multiplyWide(job, m) : 0;
  if (row == m) return;
  job.columns = min(columns, NR);
  multiplyRows(job, row, m);
  if (columns <= NR) return;
  job.columns = columns - NR;
  job.panel += job.second;
  job.c += 4 * NR;
  if (job.from) job.from += 4 * NR;
  if (job.plus) job.plus += 4 * NR;
  multiplyRows(job, row, m);
}

/** Rows of two panels as far as there are tiles of two panels for them; returns how many that are. */
function multiplyWide(job: TileJob, m: i32): i32 {
  if (job.depth % STEPS) return 0;
  const sixes = sixesOf(m);
  const row = 6 * sixes;
  wideTiles6(job, 0, sixes);
  if ((m - row) % 5 == 0) {
    wideTiles5(job, row, (m - row) / 5);
    return m;
  }
  const fours = (m - row) >> 2;
  wideTiles4(job, row, fours);
  return row + 4 * fours;
}

/** Rows row…m−1 of one panel: full tiles first. */
function multiplyRows(job: TileJob, row: i32, m: i32): void {
  if (MR == 6 && job.depth % STEPS == 0) {
    const sixes = sixesOf(m - row);
    tiles6(job, row, sixes);
    row += 6 * sixes;
    if ((m - row) % 5 == 0) {
      tiles5(job, row, (m - row) / 5);
      return;
    }
  }
  const fours = (m - row) >> 2;
  tiles4(job, row, fours);
  multiplyRest(job, row + 4 * fours, (m - row) & 3);
}

/** How many tiles of six rows to make: sixes and fives share what does not divide by six, if that leaves nothing over. */
function sixesOf(m: i32): i32 {
  const fives = m % 6 ? 6 - (m % 6) : 0;
  return 5 * fives <= m ? (m - 5 * fives) / 6 : m / 6;
}

function multiplyRest(job: TileJob, row: i32, rows: i32): void {
  if (rows == 1) tile1(job, row);
  else if (rows == 2) tile2(job, row);
  else if (rows == 3) tile3(job, row);
}
