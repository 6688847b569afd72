/** The loops around the register tiles: blocks of k, panels of B, runs of rows. */
import { MR, tiles4, tiles5, tiles6 } from "./kernel";
import { tile1, tile2, tile3 } from "./kernel-rest";
import { Product } from "./product";
import { TileJob } from "./tile-job";

/**
 * Most steps of k summed in registers before the sum is added to C: 8 KiB of a panel stay in the L1 cache
 * beside four rows of A, and short chains round less (Higham 1993, doi:10.1137/0914050).
 */
const KC = 256;

/** Columns of a panel. */
const NR = 8;

/** Below this many steps a tile of six rows is all beginning and end, and four rows are faster. */
const FEW_STEPS = 32;

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
  const panels = ceilDiv(p.n, NR);
  const inOrder = p.m * p.taps * p.depth <= SMALL_A_BYTES / 4;
  for (let i = 0; i < blocks * panels; i++) {
    const block = inOrder ? i % blocks : i / panels;
    const panel = inOrder ? i / blocks : i % panels;
    selectBlock(p, job, (block / depthBlocks) * tapStep, tapStep, (block % depthBlocks) * depthStep, depthStep);
    selectPanel(p, job, panel * NR, block == 0, block == blocks - 1);
    lookAhead(p, job);
    multiplyRows(job, p.m);
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
  job.spill = at + 256;
  memory.fill(zerosOf(p), 0, 64);
  return job;
}

// @ts-ignore: decorator
@inline
function zerosOf(p: Product): usize {
  return changetype<usize>(p) + 192;
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
function selectPanel(p: Product, job: TileJob, column: i32, first: bool, last: bool): void {
  const offset = <usize>column << 2;
  const zeros = zerosOf(p);
  job.panel += offset * <usize>(p.taps * p.depth);
  job.columns = min(NR, p.n - column);
  job.c = p.c + offset;
  job.low = last ? p.low : -f32.POSITIVE_INFINITY;
  job.high = last ? p.high : f32.POSITIVE_INFINITY;
  job.from = first ? (p.residual ? p.residual + offset : zeros) : job.c;
  job.fromBytes = first ? p.residualBytes : p.cBytes;
  job.plus = first && p.bias ? p.bias + offset : zeros;
}

/** Has the tiles fetch, a little each, what follows this block of B in memory, be it its next block or another panel's. */
function lookAhead(p: Product, job: TileJob): void {
  const bytes = <usize>(job.taps * job.depth * NR) << 2;
  const end = p.panels + ((<usize>ceilDiv(p.n, NR) * <usize>(p.taps * p.depth * NR)) << 2);
  job.ahead = job.panel + bytes;
  job.aheadEnd = min(job.ahead + bytes, end);
  job.aheadBytes = (bytes / <usize>max(1, p.m / MR) + 63) & ~63;
}

/** All rows: full tiles first; sixes and fives share what does not divide by six, if that leaves nothing over. */
function multiplyRows(job: TileJob, m: i32): void {
  let row = 0;
  if (MR == 6 && job.taps * job.depth >= FEW_STEPS) {
    const fives = m % 6 ? 6 - (m % 6) : 0;
    const exact = 5 * fives <= m;
    const sixes = exact ? (m - 5 * fives) / 6 : m / 6;
    tiles6(job, 0, sixes);
    row = 6 * sixes;
    if (exact) tiles5(job, row, fives);
    if (exact) return;
  }
  const fours = (m - row) >> 2;
  tiles4(job, row, fours);
  multiplyRest(job, row + 4 * fours, (m - row) & 3);
}

function multiplyRest(job: TileJob, row: i32, rows: i32): void {
  if (rows == 1) tile1(job, row);
  else if (rows == 2) tile2(job, row);
  else if (rows == 3) tile3(job, row);
}
