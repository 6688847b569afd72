/** The loops around the register tiles: blocks of k, panels of B, runs of rows. */
import { tile1, tile2, tile3, tiles4 } from "./kernel";
import { Product } from "./product";
import { TileJob } from "./tile-job";

/**
 * Most steps of k summed in registers before the sum is added to C: 8 KiB of a panel stay in the L1 cache
 * beside four rows of A, and short chains round less (Higham 1993, doi:10.1137/0914050).
 */
const KC = 256;

/** Columns of a panel. */
const NR = 8;

/**
 * C = clamp(residual + bias + A·B). Sums ascend in k within blocks that depend on taps and depth alone,
 * so the result is the same bits however rows and columns are cut.
 */
export function multiply(p: Product): void {
  const k = p.taps * p.depth;
  const job = jobOf(p);
  const tapStep = p.depth > KC ? 1 : ceilDiv(p.taps, ceilDiv(k, KC));
  const depthStep = p.depth > KC ? evenStep(p.depth) : p.depth;
  for (let tap = 0; tap < p.taps; tap += tapStep) {
    const taps = min(tapStep, p.taps - tap);
    for (let at = 0; at < p.depth; at += depthStep) {
      const depth = min(depthStep, p.depth - at);
      const begin = tap * p.depth + at;
      selectBlock(p, job, tap, taps, at, depth);
      multiplyBlock(p, job, begin, begin + taps * depth == k);
    }
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
  job.spill = at + 192;
  memory.fill(zerosOf(p), 0, 64);
  return job;
}

// @ts-ignore: decorator
@inline
function zerosOf(p: Product): usize {
  return changetype<usize>(p) + 128;
}

/** Points the job at taps tap…tap+taps−1, floats at…at+depth−1 of each. */
function selectBlock(p: Product, job: TileJob, tap: i32, taps: i32, at: i32, depth: i32): void {
  job.rows = p.rows + (p.adjacent ? 0 : <usize>tap * p.tapBytes);
  job.shift = <usize>(at + (p.adjacent ? tap * p.depth : 0)) << 2;
  job.taps = p.adjacent ? 1 : taps;
  job.depth = p.adjacent ? taps * depth : depth;
}

/** Adds one block of k, which begins at step `begin`, to all columns. */
function multiplyBlock(p: Product, job: TileJob, begin: i32, last: bool): void {
  const k = p.taps * p.depth;
  const zeros = zerosOf(p);
  job.low = last ? p.low : -f32.POSITIVE_INFINITY;
  job.high = last ? p.high : f32.POSITIVE_INFINITY;
  for (let column = 0; column < p.n; column += NR) {
    const offset = <usize>column << 2;
    job.panel = p.panels + (<usize>column * <usize>k + <usize>(begin * NR)) * 4;
    job.columns = min(NR, p.n - column);
    job.c = p.c + offset;
    if (begin > 0) start(job, job.c, p.cBytes, zeros);
    else start(job, p.residual ? p.residual + offset : zeros, p.residualBytes, p.bias ? p.bias + offset : zeros);
    multiplyRows(job, p.m);
  }
}

// @ts-ignore: decorator
@inline
function start(job: TileJob, from: usize, fromBytes: usize, plus: usize): void {
  job.from = from;
  job.fromBytes = fromBytes;
  job.plus = plus;
}

function multiplyRows(job: TileJob, m: i32): void {
  const fours = m >> 2;
  const rest = <usize>(m & ~3);
  if (fours > 0) tiles4(job, 0, fours);
  if ((m & 3) == 1) tile1(job, rest);
  else if ((m & 3) == 2) tile2(job, rest);
  else if ((m & 3) == 3) tile3(job, rest);
}
